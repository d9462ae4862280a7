import EventLog
import Features
import TestSeed
import Testing

@Suite struct FeatureSnapshotTests {
    private static let capacity = FeatureCapacity(
        payers: 100, parties: 1000, relations: 20_000, attempts: 512, pending: 4096,
        labelDelaySeconds: 2 * 86_400)

    /// The state as a snapshot would bring it back: words first, then the pages in use.
    private static func copy(_ state: inout FeatureState) -> FeatureState {
        var other = FeatureState(capacity: capacity)
        var words = WordReader(state.words)
        #expect(other.restore(&words) && words.isAtEnd)
        for index in 0..<FeatureState.regionCount {
            let ranges = state.liveRanges(index)
            state.withRegion(index) { source in
                other.withRegion(index) { target in
                    for range in ranges where !range.isEmpty {
                        let first = range.lowerBound / Region.pageBytes
                        let last = (range.upperBound - 1) / Region.pageBytes
                        for page in first...last {
                            let bytes = UnsafeRawBufferPointer(
                                start: source.base + page * Region.pageBytes,
                                count: Region.pageBytes)
                            let isTaken = target.restore(page: page, from: bytes)
                            #expect(isTaken)
                        }
                    }
                }
            }
        }
        return other
    }

    @Test func `a state that was saved and restored goes on bit for bit as the one that was not`() {
        let seed = TestSeed.choose("feature snapshot")
        var history = RandomHistory(seed: seed)
        var state = FeatureState(capacity: Self.capacity)
        var restored = FeatureState(capacity: Self.capacity)
        let count = FeatureCatalogue.count
        let row = UnsafeMutableBufferPointer<Double>.allocate(capacity: count)
        let other = UnsafeMutableBufferPointer<Double>.allocate(capacity: count)
        defer {
            row.deallocate()
            other.deallocate()
        }
        // The ring holds 512 attempts: it has come round by then, and was cut short.
        for step in 0..<3_000 {
            if step % 500 == 0 { restored = Self.copy(&state) }
            let next = history.next()
            let hasRow = state.apply(
                next.event, leg: next.leg, context: next.context, label: next.label, into: row)
            let hasOther = restored.apply(
                next.event, leg: next.leg, context: next.context, label: next.label, into: other)
            #expect(hasRow == hasOther)
            guard hasRow else { continue }
            guard row.map(\.bitPattern) == other.map(\.bitPattern) else {
                Issue.record("rows differ at step \(step), seed \(seed)")
                return
            }
        }
        let words = (state.words, restored.words)
        #expect(words.0 == words.1)
    }

    @Test func `a snapshot of another label delay is refused`() {
        var other = Self.capacity
        other.labelDelaySeconds += 1
        let state = FeatureState(capacity: Self.capacity)
        var words = WordReader(state.words)
        var restored = FeatureState(capacity: other)
        let isTaken = restored.restore(&words)
        #expect(!isTaken)
    }
}
