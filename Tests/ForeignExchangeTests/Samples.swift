import EventLog

@testable import ForeignExchange

/// Tables and terms as the tests write them.
enum Sample {
    static let observed = Timestamp(rfc3339: "2026-07-01T14:15:00Z")!

    static let text = """
        # Rates for tests.
        source,Test Desk
        observed_at,2026-07-01T14:15:00Z
        maximum_age_seconds,3600
        pivot,USD

        EUR,USD,1.0853
        USD,JPY,155.83
        BTC,USD,64250.50
        ETH,USD,3412.07
        USD,KWD,0.3065
        USD,GBP,0.7871
        """

    static func currency(_ code: String) throws -> Currency {
        guard let currency = Currency(code: code) else {
            throw FXError(.unknownCurrency, code)
        }
        return currency
    }

    static func money(_ text: String, _ code: String) throws -> Money {
        try Money(text, currency: currency(code))
    }

    static func pair(_ base: String, _ quote: String) throws -> CurrencyPair {
        try CurrencyPair(base: currency(base), quote: currency(quote))
    }

    static func spreads(_ parts: Int64) throws -> Spreads {
        try Spreads(standard: Spread(partsPerMillion: parts))
    }

    static func table(_ rates: [(String, String, String)], pivot: String? = nil) throws -> RateTable
    {
        var stated: [CurrencyPair: Rate] = [:]
        for (base, quote, rate) in rates { stated[try pair(base, quote)] = try Rate(rate) }
        return try RateTable(
            source: "Test Desk", observedAt: observed, maximumAgeSeconds: 3_600,
            pivot: pivot.map { try currency($0) }, rates: stated)
    }

    static func sell(
        _ amount: Money, for code: String, _ table: RateTable, spread: Int64 = 0,
        at now: Timestamp = observed, lifetimeSeconds: Int64 = 30
    ) throws -> FXQuote {
        try table.quote(
            selling: amount, for: currency(code), spreads: spreads(spread),
            id: FXQuoteID(high: 1, low: 2), at: now, lifetimeSeconds: lifetimeSeconds)
    }

    static func buy(
        _ amount: Money, with code: String, _ table: RateTable, spread: Int64 = 0,
        at now: Timestamp = observed, lifetimeSeconds: Int64 = 30
    ) throws -> FXQuote {
        try table.quote(
            buying: amount, with: currency(code), spreads: spreads(spread),
            id: FXQuoteID(high: 1, low: 2), at: now, lifetimeSeconds: lifetimeSeconds)
    }

    /// The error that something throws; nil if it throws none.
    static func error<Value>(_ body: () throws -> Value) -> FXError? {
        do {
            _ = try body()
            return nil
        } catch {
            return error as? FXError
        }
    }
}
