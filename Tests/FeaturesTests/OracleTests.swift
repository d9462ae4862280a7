import EventLog
import Features
import TestSeed
import Testing

@Suite struct OracleTests {
    /// Compares `count` events of one history with the oracle; returns how many rows there were.
    private func compare(
        seed: UInt64, count: Int, delaySeconds: Int64 = 7 * 86_400, mixesCurrencies: Bool = false
    ) -> Int {
        var history = RandomHistory(seed: seed)
        history.mixesCurrencies = mixesCurrencies
        var oracle = Oracle(delaySeconds: delaySeconds)
        var state = FeatureState(
            capacity: FeatureCapacity(
                payers: 100, parties: 1000, relations: 20_000, attempts: 8192, pending: 4096,
                labelDelaySeconds: delaySeconds))
        let names = FeatureCatalogue.all.map(\.name)
        let row = UnsafeMutableBufferPointer<Double>.allocate(capacity: FeatureCatalogue.count)
        defer { row.deallocate() }
        var rows = 0
        for _ in 0..<count {
            let step = history.next()
            let hasRow = state.apply(
                step.event, leg: step.leg, context: step.context, label: step.label, into: row)
            guard step.event.transferKind != .refund else { continue }
            guard hasRow else {
                if let label = step.label {
                    oracle.label(label, at: step.event.recordedAt.rawValue)
                }
                if [.posted, .captured, .voided].contains(step.event.kind) {
                    oracle.settle(step.event)
                }
                continue
            }
            rows += 1
            let expected = oracle.row(step.event, leg: step.leg, context: step.context)
            for (index, name) in names.enumerated() {
                let value = (expected[name] ?? .nan).bitPattern
                guard row[index].bitPattern == value else {
                    Issue.record(
                        "\(name) of event \(step.event.sequence) is \(row[index]), not \(expected[name] ?? .nan); seed \(seed)"
                    )
                    return rows
                }
            }
        }
        return rows
    }

    @Test
    func
        `every feature of 100,000 events equals, bit for bit, a recomputation from the list of all events`()
        async
    {
        let seed = TestSeed.choose("feature oracle")
        var rows = 0
        let delays: [Int64] = [7 * 86_400, 2 * 86_400, 3_600, 0]
        for part in 0..<250 {
            rows += compare(
                seed: seed &+ UInt64(part), count: 400, delaySeconds: delays[part % 4],
                mixesCurrencies: part % 10 == 0)
            // Tests that run beside it wait for no more than one part.
            await Task.yield()
        }
        print("feature oracle compared \(rows) rows")
        #expect(rows > 40_000)
    }

    @Test func `a longer history with many windows filled equals it as well`() {
        #expect(compare(seed: 20_260_101, count: 1_500) > 600)
    }
}
