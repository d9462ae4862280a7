import EventLog

@testable import Fees

/// Parts of schedules as the tests write them.
enum Sample {
    static func currency(_ code: String) throws -> Currency {
        guard let currency = Currency(code: code) else {
            throw FeeError(.unknownCurrency, code)
        }
        return currency
    }

    static func money(_ text: String, _ code: String) throws -> Money {
        try Money(text, currency: currency(code))
    }

    static func payment(
        _ amount: String, _ code: String, kind: String = "p2p", tier: String? = nil
    ) throws -> FeePayment {
        FeePayment(
            kind: PaymentKind(rawValue: kind)!, tier: tier.flatMap(Tier.init(rawValue:)),
            amount: try money(amount, code))
    }

    static func rule(
        _ id: String, kind: String? = nil, currency code: String? = nil, tier: String? = nil,
        from: Int64 = 0, below: Int64? = nil, terms: FeeTerms = FeeTerms(partsPerMillion: 1_000),
        bearer: FeeBearer = .payer
    ) throws -> FeeRule {
        try FeeRule(
            id: FeeRuleID(rawValue: id)!,
            scope: FeeScope(
                kind: kind.flatMap(PaymentKind.init(rawValue:)),
                currency: code.flatMap(Currency.init(code:)),
                tier: tier.flatMap(Tier.init(rawValue:)), fromMinor: from, belowMinor: below),
            terms: terms, bearer: bearer)
    }

    static func schedule(
        _ rules: [FeeRule], version: Int64 = 1, from seconds: Int64 = 1
    ) throws -> FeeSchedule {
        try FeeSchedule(
            version: version, validFrom: Timestamp(seconds * 1_000_000), rules: rules)
    }

    /// The error that something throws; nil if it throws none.
    static func error<Value>(_ body: () throws -> Value) -> FeeError? {
        do {
            _ = try body()
            return nil
        } catch {
            return error as? FeeError
        }
    }
}
