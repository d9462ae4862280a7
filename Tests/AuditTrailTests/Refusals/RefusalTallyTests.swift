import Testing

@testable import AuditTrail

@Suite struct RefusalTallyTests {
    private static let second: Int64 = 1_000_000

    private static func record(
        _ cause: String = "expired", by actor: String = "nobody", from origin: String = "a",
        on subject: String = ""
    ) throws -> AuditRecord {
        try AuditRecord(
            actor: actor, act: .scopeRefused, subject: subject, outcome: .refused,
            details: [AuditDetail("cause", cause), AuditDetail("origin", origin)])
    }

    private static func tally() -> RefusalTally {
        RefusalTally(
            windowSeconds: 60, strangers: .init(each: 2, kinds: 3),
            known: .init(each: 3, kinds: 5))
    }

    @Test func `the first that are alike are entries, the others one entry at the window's end`()
        throws
    {
        var tally = Self.tally()
        for place in 0..<7 {
            let written = tally.count(
                try Self.record(on: "\(place)"), isKnown: false, atMicros: Int64(place))
            #expect(written.map(\.subject) == (place < 2 ? ["\(place)"] : []))
        }
        #expect(tally.take(atMicros: 59 * Self.second).isEmpty)
        let summary = tally.take(atMicros: 60 * Self.second)
        #expect(summary.count == 1)
        #expect(summary.first?.detail("times") == "5" && summary.first?.detail("origin") == "a")
        #expect(summary.first?.detail("cause") == "expired" && summary.first?.actor == "nobody")
        #expect(summary.first?.outcome == .refused && summary.first?.act == .scopeRefused)
        #expect(tally.take(atMicros: 200 * Self.second).isEmpty)
        // A new window begins anew.
        let anew = tally.count(try Self.record(), isKnown: false, atMicros: 300 * Self.second)
        #expect(anew.count == 1)
    }

    @Test func `what came too often is told when the next one comes after the window`() throws {
        var tally = Self.tally()
        for _ in 0..<3 {
            _ = tally.count(try Self.record(), isKnown: false, atMicros: 0)
        }
        let written = tally.count(
            try Self.record("wrong_audience"), isKnown: false, atMicros: 61 * Self.second)
        #expect(written.map { $0.detail("times") } == ["1", nil])
        #expect(written.map { $0.detail("cause") } == ["expired", "wrong_audience"])
    }

    @Test func `however many addresses and actors there are, a window's entries are bounded`()
        throws
    {
        var tally = Self.tally()
        var written = 0
        for place in 0..<10_000 {
            written +=
                tally.count(
                    try Self.record("c\(place % 7)", by: "p\(place % 11)", from: "\(place)"),
                    isKnown: false, atMicros: 1
                ).count
            written +=
                tally.count(
                    try Self.record("c\(place % 7)", by: "p\(place)"), isKnown: true, atMicros: 1
                ).count
        }
        #expect(written == 3 + 5)
        let left = tally.take(atMicros: 60 * Self.second + 1)
        let counted = left.filter { $0.act == .refusalsCounted }
        #expect(counted.map { $0.detail("of") } == ["strangers", "known"])
        #expect(counted.map { $0.detail("times") } == ["\(10_000 - 3)", "\(10_000 - 5)"])
        #expect(written + left.count <= 3 * (2 + 1) + 1 + 5 * (3 + 1) + 1)
    }

    @Test func `strangers take nothing from those who are known`() throws {
        var tally = Self.tally()
        for place in 0..<100 {
            _ = tally.count(try Self.record(from: "\(place)"), isKnown: false, atMicros: 1)
        }
        let written = tally.count(try Self.record(by: "ann"), isKnown: true, atMicros: 1)
        #expect(written.count == 1)
    }

    @Test func `a last window ends early, and a clock that goes back ends one`() throws {
        var tally = Self.tally()
        for _ in 0..<3 {
            _ = tally.count(try Self.record(), isKnown: false, atMicros: 50 * Self.second)
        }
        #expect(tally.take(atMicros: 50 * Self.second, isLast: true).count == 1)
        for _ in 0..<3 {
            _ = tally.count(try Self.record(), isKnown: false, atMicros: 50 * Self.second)
        }
        #expect(tally.take(atMicros: 10 * Self.second).count == 1)
    }
}
