public import EventLog

/// Two different currencies, in the direction of a rate.
public struct CurrencyPair: Hashable, Sendable, CustomStringConvertible {
    /// The currency of which there is one unit.
    public let base: Currency
    /// The currency that the rate counts units of.
    public let quote: Currency

    /// A pair; `same_currency` if it is one currency twice.
    public init(base: Currency, quote: Currency) throws(FXError) {
        guard base != quote else {
            throw FXError(.sameCurrency, "\(base) against itself: a pair is of two currencies")
        }
        self.init(base, quote)
    }

    private init(_ base: Currency, _ quote: Currency) {
        self.base = base
        self.quote = quote
    }

    /// The same currencies the other way around.
    public var inverse: CurrencyPair { CurrencyPair(quote, base) }

    /// The one of the two directions that stands for both.
    var undirected: CurrencyPair { base.number < quote.number ? self : inverse }

    /// As it is written, such as `EUR/USD`.
    public var description: String { "\(base)/\(quote)" }
}
