import EventLog
import Testing

@testable import Fees

@Suite struct FeeQuoteTests {
    /// A rule's terms, and what payer and payee pay of its fee.
    struct Worked: Sendable {
        let amount, currency: String
        let fixed: String?
        let partsPerMillion: Int64
        let minimum, maximum: String?
        let bearer: FeeBearer
        let payerShare, payeeShare: String

        init(
            _ amount: String, _ currency: String, _ fixed: String?, _ partsPerMillion: Int64,
            _ minimum: String?, _ maximum: String?, _ bearer: FeeBearer, _ payerShare: String,
            _ payeeShare: String
        ) {
            (self.amount, self.currency, self.fixed) = (amount, currency, fixed)
            (self.partsPerMillion, self.minimum) = (partsPerMillion, minimum)
            (self.maximum, self.bearer) = (maximum, bearer)
            (self.payerShare, self.payeeShare) = (payerShare, payeeShare)
        }
    }

    /// Expected shares are those of Python's `decimal` with `ROUND_HALF_UP`.
    @Test(arguments: [
        Worked("100.00", "USD", "0.30", 29000, nil, nil, .payee, "0.00", "3.20"),
        Worked("0.50", "USD", nil, 10000, nil, nil, .payer, "0.01", "0.00"),
        Worked("0.49", "USD", nil, 10000, nil, nil, .payer, "0.00", "0.00"),
        Worked("0.50", "USD", nil, 30000, nil, nil, .payer, "0.02", "0.00"),
        Worked("149", "JPY", nil, 10000, nil, nil, .payer, "1", "0"),
        Worked("150", "JPY", nil, 10000, nil, nil, .payer, "2", "0"),
        Worked("0.00000500", "BTC", nil, 1000, nil, nil, .payer, "0.00000001", "0.00000000"),
        Worked("0.00000499", "BTC", nil, 1000, nil, nil, .payer, "0.00000000", "0.00000000"),
        Worked("1.005", "KWD", "0.010", 2500, nil, nil, .payee, "0.000", "0.013"),
        Worked("10.00", "USD", nil, 1000, "0.25", nil, .payer, "0.25", "0.00"),
        Worked("250.00", "USD", nil, 1000, "0.25", nil, .payer, "0.25", "0.00"),
        Worked("254.99", "USD", nil, 1000, "0.25", nil, .payer, "0.25", "0.00"),
        Worked("255.00", "USD", nil, 1000, "0.25", nil, .payer, "0.26", "0.00"),
        Worked("99999.99", "USD", "1.00", 5000, nil, "20.00", .payer, "20.00", "0.00"),
        Worked("3800.00", "USD", "1.00", 5000, nil, "20.00", .payer, "20.00", "0.00"),
        Worked("3799.00", "USD", "1.00", 5000, nil, "20.00", .payer, "20.00", "0.00"),
        Worked("3798.00", "USD", "1.00", 5000, nil, "20.00", .payer, "19.99", "0.00"),
        Worked("5.00", "USD", nil, 0, "2.00", "2.00", .payee, "0.00", "2.00"),
        Worked(
            "100.00", "USD", "0.25", 0, nil, nil, .split(payerPartsPerMillion: 500000), "0.13",
            "0.12"),
        Worked(
            "100.00", "USD", "0.24", 0, nil, nil, .split(payerPartsPerMillion: 500000), "0.12",
            "0.12"),
        Worked(
            "100.00", "USD", "1.00", 0, nil, nil, .split(payerPartsPerMillion: 333333), "0.33",
            "0.67"),
        Worked(
            "100.00", "USD", "0.01", 0, nil, nil, .split(payerPartsPerMillion: 499999), "0.00",
            "0.01"),
        Worked(
            "100.00", "USD", "0.01", 0, nil, nil, .split(payerPartsPerMillion: 500000), "0.01",
            "0.00"),
        Worked("1000", "JPY", nil, 7000, nil, nil, .split(payerPartsPerMillion: 250000), "2", "5"),
        Worked(
            "92233720368547758.07", "USD", nil, 1, nil, nil, .payee, "0.00", "92233720368.55"),
        Worked("1.00", "USD", nil, 1_000_000, nil, nil, .payee, "0.00", "1.00"),
    ])
    func `fees are rounded half up once, bounded, and shared`(_ worked: Worked) throws {
        func minor(_ text: String?) throws -> Int64? {
            try text.map { try Sample.money($0, worked.currency).minor }
        }
        let terms = FeeTerms(
            fixedMinor: try minor(worked.fixed) ?? 0, partsPerMillion: worked.partsPerMillion,
            minimumMinor: try minor(worked.minimum) ?? 0,
            maximumMinor: try minor(worked.maximum))
        let schedule = try Sample.schedule([
            Sample.rule("fee", currency: worked.currency, terms: terms, bearer: worked.bearer)
        ])
        let payment = try Sample.payment(worked.amount, worked.currency)
        let quote = try schedule.quote(payment)
        #expect(quote.payerShare.decimal == worked.payerShare)
        #expect(quote.payeeShare.decimal == worked.payeeShare)
        #expect(quote.payerTotal.minor == payment.amount.minor + quote.payerShare.minor)
        #expect(quote.payeeNet.minor == payment.amount.minor - quote.payeeShare.minor)
        #expect(quote.payerTotal.minor == quote.payeeNet.minor + quote.fee.minor)
        #expect(quote.legs.map(\.amount.minor).reduce(0, +) == quote.fee.minor)
        #expect(quote.scheduleHash == schedule.hash)
        #expect(quote.scheduleVersion == 1)
    }

    @Test func `a payment without a rule has no fee, and its quote says so`() throws {
        let schedule = try Sample.schedule([Sample.rule("card-only", kind: "card")])
        let quote = try schedule.quote(Sample.payment("12.00", "USD"))
        #expect(quote.basis == .noRule)
        #expect(quote.fee.minor == 0)
        #expect(quote.legs.isEmpty)
        #expect(quote.payerTotal == quote.payeeNet)
        let free = try Sample.schedule([Sample.rule("free", terms: FeeTerms())])
        let quoted = try free.quote(Sample.payment("12.00", "USD"))
        #expect(quoted.basis == .rule(FeeRuleID(rawValue: "free")!))
        #expect(quoted.fee.minor == 0)
    }

    @Test func `legs name who pays, and leave out who does not`() throws {
        let split = try Sample.schedule([
            Sample.rule(
                "half", currency: "USD", terms: FeeTerms(fixedMinor: 101),
                bearer: .split(payerPartsPerMillion: 500_000))
        ])
        let legs = try split.quote(Sample.payment("5.00", "USD")).legs
        #expect(legs.map(\.side) == [.payer, .payee])
        #expect(legs.map(\.amount.minor) == [51, 50])
        let payee = try Sample.schedule([
            Sample.rule("all", currency: "USD", terms: FeeTerms(fixedMinor: 1), bearer: .payee)
        ])
        #expect(try payee.quote(Sample.payment("5.00", "USD")).legs.map(\.side) == [.payee])
    }

    @Test func `a payee is never left with less than nothing`() throws {
        let schedule = try Sample.schedule([
            Sample.rule("half", currency: "USD", terms: FeeTerms(fixedMinor: 50), bearer: .payee)
        ])
        #expect(try schedule.quote(Sample.payment("0.50", "USD")).payeeNet.minor == 0)
        let error = Sample.error { try schedule.quote(Sample.payment("0.49", "USD")) }
        #expect(error?.code == .feeExceedsAmount)
        #expect(error?.detail.contains("0.50 USD out of 0.49 USD") == true)
        let onTop = try Sample.schedule([
            Sample.rule("half", currency: "USD", terms: FeeTerms(fixedMinor: 50))
        ])
        #expect(try onTop.quote(Sample.payment("0.01", "USD")).payerTotal.minor == 51)
    }

    @Test(arguments: [0, -1, Int64.min])
    func `nothing and less are no payments`(minor: Int64) throws {
        let schedule = try Sample.schedule([])
        let usd = try Sample.currency("USD")
        let error = Sample.error {
            try schedule.quote(kind: .p2p, currency: usd, tier: nil, amount: minor)
        }
        #expect(error?.code == .invalidAmount)
    }

    @Test func `what is beyond 64 bits is refused by name`() throws {
        let usd = try Sample.currency("USD")
        let all = try Sample.schedule([
            Sample.rule(
                "all", currency: "USD",
                terms: FeeTerms(fixedMinor: .max, partsPerMillion: 1_000_000))
        ])
        let tooDear = Sample.error {
            try all.quote(kind: .p2p, currency: usd, tier: nil, amount: .max)
        }
        #expect(tooDear?.code == .overflow)
        let cent = try Sample.schedule([
            Sample.rule("cent", currency: "USD", terms: FeeTerms(fixedMinor: 1))
        ])
        let tooLarge = Sample.error {
            try cent.quote(kind: .p2p, currency: usd, tier: nil, amount: .max)
        }
        #expect(tooLarge?.code == .overflow)
        let last = try cent.quote(kind: .p2p, currency: usd, tier: nil, amount: .max - 1)
        #expect(last.payerTotal.minor == .max)
    }
}
