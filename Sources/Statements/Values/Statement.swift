internal import EventLog

/// What happened on one account in one period. Only ``StatementBuilder`` makes one, so that its
/// figures always agree: each balance follows from the one before, and the last is the closing one.
public struct Statement: Hashable, Sendable {
    /// The account, and whose it is.
    public let account: StatementAccount
    /// The moments that it is of.
    public let period: StatementPeriod
    /// The balance before the first line, in minor units.
    public let openingMinor: Int64
    /// The movements, in the log's order.
    public let lines: [StatementLine]
    /// The balance after the last line, in minor units.
    public let closingMinor: Int64
    /// What the lines come to.
    public let totals: StatementTotals

    init(
        account: StatementAccount, period: StatementPeriod, openingMinor: Int64,
        lines: [StatementLine], closingMinor: Int64, totals: StatementTotals
    ) {
        self.account = account
        self.period = period
        self.openingMinor = openingMinor
        self.lines = lines
        self.closingMinor = closingMinor
        self.totals = totals
    }

    /// An amount of the account's currency in decimals, such as `-12.50`.
    func decimal(_ minor: Int64) -> String {
        Money(minor: minor, currency: account.currency).decimal
    }
}
