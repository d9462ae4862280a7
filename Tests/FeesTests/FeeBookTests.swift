import EventLog
import Testing

@testable import Fees

@Suite struct FeeBookTests {
    private static func schedule(
        _ version: Int64, from: Int64, parts: Int64, bearer: FeeBearer = .payer
    ) throws -> FeeSchedule {
        let rule = try Sample.rule(
            "p2p", kind: "p2p", terms: FeeTerms(partsPerMillion: parts), bearer: bearer)
        return try Sample.schedule([rule], version: version, from: from)
    }

    @Test func `a version is in force from its own moment until the next one's`() throws {
        let book = try FeeBook([
            Self.schedule(7, from: 300, parts: 3), Self.schedule(1, from: 100, parts: 1),
            Self.schedule(2, from: 200, parts: 2),
        ])
        func version(at micros: Int64) -> Int64? {
            book.schedule(at: Timestamp(micros))?.version
        }
        #expect(version(at: 99_999_999) == nil)
        #expect(version(at: 100_000_000) == 1)
        #expect(version(at: 199_999_999) == 1)
        #expect(version(at: 200_000_000) == 2)
        #expect(version(at: 300_000_000) == 7)
        #expect(version(at: .max) == 7)
        #expect(book.schedule(version: 2)?.version == 2)
        #expect(book.schedule(version: 3) == nil)
    }

    @Test func `before the first version nothing is quoted`() throws {
        let book = try FeeBook([Self.schedule(1, from: 100, parts: 1_000)])
        let payment = try Sample.payment("10.00", "USD")
        let error = Sample.error { try book.quote(payment, at: Timestamp(99_999_999)) }
        #expect(error?.code == .noSchedule)
        #expect(error?.detail.contains("1970-01-01T00:01:40") == true)
        #expect(
            Sample.error { try FeeBook([]).quote(payment, at: Timestamp(1)) }?.code == .noSchedule)
        #expect(try book.quote(payment, at: Timestamp(100_000_000)).fee.minor == 1)
    }

    @Test func `versions take effect one after the other`() throws {
        let book = try FeeBook([Self.schedule(2, from: 200, parts: 1)])
        for (version, from) in [(3, 200), (3, 199), (1, 200), (1, 201), (2, 300)]
            as [(Int64, Int64)]
        {
            let error = Sample.error {
                try book.adding(Self.schedule(version, from: from, parts: 1))
            }
            #expect(error?.code == .versionOrder)
        }
        #expect(try book.adding(Self.schedule(3, from: 201, parts: 1)).schedules.count == 2)
        #expect(try book.adding(Self.schedule(1, from: 199, parts: 1)).schedules.count == 2)
    }

    @Test func `a dry run counts, sums and shows what another schedule would have changed`() throws
    {
        let before = try Self.schedule(1, from: 100, parts: 10_000)
        let rules = [
            try Sample.rule(
                "usd", kind: "p2p", currency: "USD",
                terms: FeeTerms(partsPerMillion: 5_000, minimumMinor: 20), bearer: .payer),
            try Sample.rule(
                "jpy", kind: "p2p", currency: "JPY", terms: FeeTerms(partsPerMillion: 10_000),
                bearer: .payee),
        ]
        let after = try Sample.schedule(rules, version: 2, from: 200)
        let book = try FeeBook([before, after])
        let payments = [
            try Sample.payment("10.00", "USD"),  // 0.10, then 0.20
            try Sample.payment("100.00", "USD"),  // 1.00, then 0.50
            try Sample.payment("40.00", "USD", kind: "card"),  // no rule in either
            try Sample.payment("1000", "JPY"),  // 10, by the other side
            try Sample.payment("5.00", "EUR"),  // 0.05, then no rule
            FeePayment(
                kind: .p2p, tier: nil, amount: Money(minor: 0, currency: try Sample.currency("USD"))
            ),
        ]
        let run = try book.dryRun(payments, from: 1, to: 2)
        #expect((run.hashBefore, run.hashAfter) == (before.hash, after.hash))
        #expect(run.payments == 6)
        #expect((run.dearer, run.cheaper, run.shifted, run.unchanged) == (1, 2, 1, 1))
        #expect((run.withoutRuleBefore, run.withoutRuleAfter) == (1, 2))
        #expect(run.changes.map(\.index) == [0, 1, 3, 4])
        #expect(run.refusals.map(\.index) == [5])
        #expect(run.refusals.first?.before?.code == .invalidAmount)
        let dollars = try #require(run.totals[Sample.currency("USD")])
        #expect(dollars.payments == 3)
        #expect(dollars.amountMinor == 15_000)
        #expect((dollars.feeBeforeMinor, dollars.feeAfterMinor) == (110, 70))
        #expect(dollars.differenceMinor == -40)
        let yen = try #require(run.totals[Sample.currency("JPY")])
        #expect(yen.differenceMinor == 0)
        #expect((yen.payerDifferenceMinor, yen.payeeDifferenceMinor) == (-10, 10))
        #expect(Sample.error { try book.dryRun(payments, from: 1, to: 9) }?.code == .unknownVersion)
    }

    @Test func `a payment that only one schedule refuses is shown with the reason`() throws {
        let payee = try Sample.schedule([
            Sample.rule("dollar", currency: "USD", terms: FeeTerms(fixedMinor: 100), bearer: .payee)
        ])
        let run = FeeDryRun(
            of: [try Sample.payment("0.99", "USD")], from: try Sample.schedule([]), to: payee)
        #expect(run.refusals.map(\.before) == [nil])
        #expect(run.refusals.map(\.after?.code) == [.feeExceedsAmount])
        #expect(run.totals.isEmpty)
    }
}
