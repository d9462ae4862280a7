import EventLog
import Features
import SplitMix
import TestSeed
import Testing

@testable import Tables

@Suite struct ReplayTests {
    @Test func `replay learns from what became known, not before`() throws {
        let index = try #require(FeatureCatalogue.index(of: "payee.first"))
        func payeeFirst(
            outcomeSeconds: Int64, outcome: Transaction.Outcome, sequences: (Int64, Int64) = (0, 0)
        ) -> Double {
            var replay = TableReplay()
            var features = [Double](repeating: 0, count: TableReplay.featureCount)
            for second: Int64 in [100, 200] {
                var row = TableRow(
                    line: 1, occurredAt: Timestamp(second * 1_000_000), payer: AccountID(1),
                    payee: AccountID(2), amount: 100, currency: 840)
                row.outcome = outcome
                row.outcomeAt = row.occurredAt.adding(seconds: outcomeSeconds)
                row.sequence = Sequence(sequences.0)
                row.outcomeSequence = Sequence(sequences.1)
                features.withUnsafeMutableBufferPointer { replay.apply(row, into: $0) }
            }
            return features[index]
        }
        #expect(payeeFirst(outcomeSeconds: 5, outcome: .posted) == 0)
        #expect(payeeFirst(outcomeSeconds: 100, outcome: .posted) == 0)
        #expect(payeeFirst(outcomeSeconds: 101, outcome: .posted) == 1)
        #expect(payeeFirst(outcomeSeconds: 5, outcome: .voided) == 1)
        #expect(payeeFirst(outcomeSeconds: 5, outcome: .pending) == 1)
        // At one instant a log's order counts.
        #expect(payeeFirst(outcomeSeconds: 100, outcome: .posted, sequences: (7, 8)) == 1)
        #expect(payeeFirst(outcomeSeconds: 100, outcome: .posted, sequences: (9, 8)) == 0)
    }

    @Test func `a label counts as history from when it became known, by default after the delay`()
        throws
    {
        let known = try #require(FeatureCatalogue.index(of: "payee.fraud.known"))
        let last = try #require(FeatureCatalogue.index(of: "payee.fraud.last.1"))
        func frauds(knownAfter seconds: Int64?, at later: Int64) -> [Double] {
            var replay = TableReplay(labelDelaySeconds: 1_000)
            var features = [Double](repeating: 0, count: TableReplay.featureCount)
            for second: Int64 in [100, 100 + later] {
                var row = TableRow(
                    line: 1, occurredAt: Timestamp(second * 1_000_000), payer: AccountID(1),
                    payee: AccountID(2), amount: 100, currency: 840)
                row.isFraud = true
                if let seconds { row.labelKnownAt = row.occurredAt.adding(seconds: seconds) }
                features.withUnsafeMutableBufferPointer { replay.apply(row, into: $0) }
            }
            return [features[known], features[last]]
        }
        #expect(frauds(knownAfter: nil, at: 999) == [0, 0])
        #expect(frauds(knownAfter: nil, at: 1_000) == [1, 1])
        #expect(frauds(knownAfter: 10, at: 9) == [0, 0])
        #expect(frauds(knownAfter: 10, at: 10) == [1, 0], "known, but not of the matured ones yet")
        #expect(frauds(knownAfter: 10, at: 1_000) == [1, 1])
        #expect(frauds(knownAfter: 2_000, at: 2_000) == [1, 0], "it matured as genuine")
    }

    @Test func `at one instant labels come first, then outcomes, then payments by their rows`() {
        func row(_ line: Int, second: Int64, payer: Int64, fraud: Bool? = nil) -> TableRow {
            var row = TableRow(
                line: line, occurredAt: Timestamp(second * 1_000_000), payer: AccountID(payer),
                payee: AccountID(9), amount: Int64(line), currency: 840)
            row.isFraud = fraud
            return row
        }
        var first = row(1, second: 10, payer: 1)
        first.outcomeAt = Timestamp(20_000_000)
        var second = row(2, second: 11, payer: 2, fraud: true)
        second.outcome = .pending
        second.limit = 500
        var third = row(3, second: 12, payer: 1, fraud: false)
        third.labelKnownAt = Timestamp(20_000_000)
        third.outcome = .voided
        // Presumed genuine: no event.
        let last = [
            row(4, second: 20, payer: 2, fraud: false), row(5, second: 20, payer: 1),
            row(6, second: 800_000, payer: 1),
        ]
        var events = TableEvents(labelDelaySeconds: 9)
        var seen: [String] = []
        for row in [first, second, third] + last {
            events.add(row) { item in
                let verdict = item.label.map { " \($0.verdict)" } ?? ""
                let subject =
                    item.event.transfer == .none
                    ? "account \(item.event.payer.rawValue)" : "row \(item.event.amount)"
                seen.append(
                    "\(item.event.recordedAt.rawValue / 1_000_000) \(item.event.kind) \(subject)"
                        + verdict)
            }
        }
        #expect(
            seen == [
                "10 accountOpened account 1", "10 accountOpened account 9", "10 reserved row 1",
                "11 accountOpened account 2", "11 accountLimited account 2", "11 reserved row 2",
                "12 reserved row 3", "12 voided row 3",
                "20 labelled row 2 fraud", "20 labelled row 3 cleared", "20 posted row 1",
                "20 reserved row 4", "20 posted row 4", "20 reserved row 5", "20 posted row 5",
                "800000 reserved row 6",
            ])
    }

    @Test func `events wait for their time, in any order of adding`() {
        let seed = TestSeed.choose("event queue")
        var random = SplitMix64(seed: seed)
        var queue = EventQueue()
        var expected: [LaterEvent] = []
        var seen: [LaterEvent] = []
        for number in 0..<5_000 {
            let event = LaterEvent(
                time: Timestamp(Int64(number / 50 + random.below(50))),
                matter: .outcome(isPosted: true),
                sequence: random.below(3) == 0 ? .zero : Sequence(Int64(number)),
                transaction: UInt64(number), kind: .payment, payer: .none, payee: .none, amount: 0,
                currency: 840)
            queue.add(event)
            expected.append(event)
            let now = Timestamp(Int64(number / 50))
            while let due = queue.takeDue(by: now) { seen.append(due) }
            #expect(queue.first.map { $0.time > now } ?? true)
        }
        while let due = queue.takeDue(by: Timestamp(.max)) { seen.append(due) }
        #expect(queue.count == 0)
        #expect(seen.map(\.transaction).sorted() == expected.map(\.transaction))
        for (a, b) in zip(seen, seen.dropFirst()) { #expect(a.time <= b.time) }
    }
}

/// Nothing of a row depends on what comes after it.
@Suite struct LeakageTests {
    private static func table(_ random: inout SplitMix64) -> [TableRow] {
        var now: Int64 = 1_700_000_000_000_000
        return (0..<400).map { line in
            now += Int64(random.below(4)) * Int64(random.below(3_600_000_000))
            return draw(line: line, at: Timestamp(now), &random)
        }
    }

    private static func draw(line: Int, at time: Timestamp, _ random: inout SplitMix64) -> TableRow
    {
        var row = TableRow(
            line: line, occurredAt: time, payer: AccountID(Int64(1 + random.below(8))),
            payee: AccountID(Int64(9 + random.below(6))), amount: Int64(random.below(100_000)),
            currency: 840)
        row.kind = random.below(2) == 0 ? .payment : .authorization
        row.context = RiskContext(
            device: Token(UInt64(random.below(5))), instrument: Token(UInt64(random.below(5))),
            address: Token(UInt64(random.below(5))),
            latitude: 10_000_000 * Int32(random.below(5)),
            longitude: 50_000 * Int32(random.below(4)), hasPlace: random.below(3) > 0,
            merchantCategory: [0, 5411, 7995][random.below(3)])
        row.payerAvailable = random.below(3) == 0 ? nil : Int64(random.below(1_000_000))
        row.outcome = [.posted, .posted, .voided, .pending][random.below(4)]
        row.outcomeAt = time.adding(seconds: Int64(random.below(100_000)))
        row.isFraud = [true, false, nil][random.below(3)]
        if random.below(2) == 0 {
            row.labelKnownAt = time.adding(seconds: Int64(random.below(3_000_000)))
        }
        return row
    }

    private static func features(_ rows: some Collection<TableRow>) -> [[UInt64]] {
        var replay = TableReplay()
        var row = [Double](repeating: 0, count: TableReplay.featureCount)
        return rows.map { transaction in
            row.withUnsafeMutableBufferPointer { replay.apply(transaction, into: $0) }
            return row.map(\.bitPattern)
        }
    }

    @Test
    func
        `altering rows from a moment on, or what became known after it, leaves earlier features as they are`()
    {
        let seed = TestSeed.choose("leakage")
        var random = SplitMix64(seed: seed)
        for _ in 0..<12 {
            let rows = Self.table(&random)
            let first = random.below(rows.count)
            let moment = rows[first].occurredAt
            let before = rows.prefix { $0.occurredAt < moment }
            var altered = rows
            for index in altered.indices {
                if altered[index].occurredAt >= moment {
                    let time = altered[index].occurredAt
                    altered[index] = Self.draw(line: index, at: time, &random)
                    continue
                }
                // What was known by then stays; what was not may turn out in any way.
                let known = TableReplay.labelKnown(altered[index], delaySeconds: 7 * 86_400)
                if altered[index].isFraud != nil, known >= moment, random.below(2) == 0 {
                    altered[index].isFraud = [true, false, nil][random.below(3)]
                    altered[index].labelKnownAt =
                        moment.adding(seconds: Int64(random.below(1_000_000)))
                }
                if altered[index].outcomeAt >= moment {
                    altered[index].outcome = [.posted, .voided, .pending][random.below(3)]
                }
            }
            let expected = Self.features(rows).prefix(before.count)
            #expect(Self.features(altered).prefix(before.count) == expected)
            #expect(Self.features(before) == Array(expected))
        }
    }
}
