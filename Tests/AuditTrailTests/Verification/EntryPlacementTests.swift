import SplitMix
import TestSeed
import Testing

@testable import AuditTrail

@Suite struct EntryPlacementTests {
    /// What is told of a log whose table has these places in a row.
    private func findings(_ places: [Int]) -> [AuditFinding] {
        var placement = EntryPlacement()
        var findings: [AuditFinding] = []
        for (index, place) in places.enumerated() {
            findings += placement.add(index: Int64(index), place: Int64(place))
        }
        return findings + placement.finish()
    }

    @Test func `entries in their places are told nothing of`() {
        #expect(findings([]).isEmpty)
        #expect(findings(Array(0..<100)).isEmpty)
    }

    @Test func `entries in a circle are in each other's places`() {
        let found = findings([0, 1, 3, 4, 2, 5])
        #expect(found.map(\.kind) == [.reordered, .reordered])
        #expect(found.map(\.entries) == [2...3, 4...4])
        #expect(findings([1, 2, 0]).allSatisfy { $0.kind == .reordered })
    }

    @Test func `a long rest that is moved is told of before the end`() {
        var placement = EntryPlacement()
        var found: [AuditFinding] = []
        for index in Int64(0)..<2_000 {
            found += placement.add(index: index, place: index < 10 ? index : index + 3)
        }
        #expect(found.map(\.kind) == [.removed])
        #expect(found.first?.entries == 10...12)
        #expect(placement.shift == 3)
        #expect(placement.finish().isEmpty)
    }

    @Test func `removed twice is told of twice`() {
        let rest = Array(0..<1_500) + Array(1_501..<3_200) + Array(3_202..<3_400)
        let found = findings(rest)
        #expect(found.map(\.kind) == [.removed, .removed])
        #expect(found.map(\.entries) == [1_500...1_500, 3_200...3_201])
    }

    @Test func `any exchange of two is told of as one`() {
        var random = SplitMix64(seed: TestSeed.choose("EntryPlacement"))
        for _ in 0..<300 {
            let size = 2 + random.below(60)
            let (one, other) = (random.below(size), random.below(size))
            if one == other { continue }
            var places = Array(0..<size)
            places.swapAt(one, other)
            let found = findings(places)
            #expect(found.map(\.kind) == [.reordered, .reordered], "\(places)")
            #expect(
                found.compactMap(\.entries?.lowerBound).sorted()
                    == [one, other].sorted().map { Int64($0) })
        }
    }
}
