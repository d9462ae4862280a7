public import EventLog

/// An amount as an option's value: `USD=12.50`.
public struct CurrencyAmount: Sendable, Equatable, CustomStringConvertible {
    /// The amount, never negative.
    public let money: Money

    /// Reads an amount greater than zero.
    ///
    /// - Throws: ``OperationError`` that says what is wrong with it.
    public init(_ text: String) throws(OperationError) {
        let parts = text.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2 else {
            throw OperationError("\(text) is no amount: write CURRENCY=AMOUNT, such as USD=12.50")
        }
        guard let currency = Currency(code: parts[0]) else {
            throw OperationError(
                "\(parts[0]) in \(text) is no currency: give a code of ISO 4217, BTC or ETH")
        }
        let money: Money
        do throws(Money.ParseError) { money = try Money(parts[1], currency: currency) } catch {
            switch error {
            case .malformed:
                throw OperationError(
                    "\(parts[1]) in \(text) is no amount: digits with at most one decimal point")
            case .tooManyDecimals(let scale):
                throw OperationError(
                    "\(parts[1]) in \(text) is too fine: \(currency) has \(scale) decimals")
            case .overflow:
                throw OperationError("\(parts[1]) in \(text) is more than can be counted")
            }
        }
        guard money.minor > 0 else {
            throw OperationError("\(text): an amount must be greater than zero")
        }
        self.money = money
    }

    /// As the option is written.
    public var description: String { "\(money.currency.code)=\(money.decimal)" }
}
