import SplitMix
import TestSeed
import Testing

@testable import PersonalWallets

@Suite struct BillSplitTests {
    @Test(
        arguments: [
            (1_000, [1, 1, 1], [334, 333, 333]), (1, [1, 1], [1, 0]), (100, [3, 1], [75, 25]),
            (101, [1, 1, 2], [25, 25, 51]), (5, [1, 1, 1, 1, 1, 1], [1, 1, 1, 1, 1, 0]),
        ] as [(Int64, [Int64], [Int64])])
    func `the units that are left go to those of whom most was cut off, the earlier first`(
        total: Int64, weights: [Int64], parts: [Int64]
    ) {
        #expect(BillSplit.parts(ofMinor: total, by: weights) == parts)
    }

    @Test func `parts add up, and are less than a unit from exact`() {
        let seed = TestSeed.choose("BillSplit")
        var random = SplitMix64(seed: seed)
        for _ in 0..<2_000 {
            let total = Int64(random.next() >> UInt64(1 + random.next() % 62)) + 1
            let weights = (0..<(1 + Int(random.next() % 20))).map { _ in
                Int64(1 + random.next() % 1_000_000)
            }
            guard let parts = BillSplit.parts(ofMinor: total, by: weights) else {
                Issue.record("seed \(seed): no parts of \(total) by \(weights)")
                return
            }
            #expect(parts.reduce(0, +) == total, "seed \(seed)")
            let sum = weights.reduce(Int128(0)) { $0 + Int128($1) }
            for (part, weight) in zip(parts, weights) {
                let apart = Int128(part) * sum - Int128(total) * Int128(weight)
                #expect(apart.magnitude < sum.magnitude, "seed \(seed)")
            }
        }
    }

    @Test func `no weights, weights out of range and nothing to split are no split`() {
        #expect(BillSplit.parts(ofMinor: 10, by: []) == nil)
        #expect(BillSplit.parts(ofMinor: 10, by: [1, 0]) == nil)
        #expect(BillSplit.parts(ofMinor: 10, by: [1_000_001]) == nil)
        #expect(BillSplit.parts(ofMinor: 0, by: [1]) == nil)
    }
}
