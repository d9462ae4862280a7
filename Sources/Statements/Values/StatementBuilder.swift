/// Puts a statement together line by line, and refuses the first figure that does not follow.
///
/// A line that is refused leaves the builder as it was.
public struct StatementBuilder: Sendable {
    private let account: StatementAccount
    private let period: StatementPeriod
    private let openingMinor: Int64
    private var lines: [StatementLine] = []
    private var balanceMinor: Int64
    private var totals = StatementTotals()

    /// Most lines that a statement has; longer histories are told in shorter periods.
    public static let maximumLines = 100_000

    /// Begins with the balance before the period's first line.
    public init(account: StatementAccount, period: StatementPeriod, openingMinor: Int64) {
        self.account = account
        self.period = period
        self.openingMinor = openingMinor
        balanceMinor = openingMinor
    }

    /// Adds the next line of the log.
    ///
    /// - Throws: If it lies outside the period or before the line above it, if its balance is not
    ///   the one before and its amount, or if it is beyond a limit; the error has its number.
    public mutating func append(_ line: StatementLine) throws(StatementError) {
        let number = lines.count + 1
        guard number <= Self.maximumLines else {
            throw StatementError(
                .tooManyLines, "a statement has at most \(Self.maximumLines) lines", line: number)
        }
        try checkPlace(of: line, number: number)
        try Holder.check(line.counterparty, "a counterparty", line: number)
        let (balance, overflow) = balanceMinor.addingReportingOverflow(line.amountMinor)
        guard !overflow, let totals = totals.adding(line) else {
            throw StatementError(
                .overflow, "a balance or a total is beyond 64 bits of minor units", line: number)
        }
        guard line.balanceMinor == balance else {
            throw StatementError(
                .runningBalance,
                "\(balanceMinor) and \(line.amountMinor) are \(balance) minor units, "
                    + "not \(line.balanceMinor)", line: number)
        }
        lines.append(line)
        balanceMinor = balance
        self.totals = totals
    }

    /// Several legs of one event may move one account, so that a sequence may come twice.
    private func checkPlace(of line: StatementLine, number: Int) throws(StatementError) {
        guard period.contains(line.time) else {
            throw StatementError(
                .lineOutsidePeriod, "its moment is not in \(period)", line: number)
        }
        guard line.sequence > .zero, line.sequence >= lines.last?.sequence ?? .zero else {
            throw StatementError(
                .sequenceOrder, "its place in the log is not behind the line above", line: number)
        }
        guard line.time >= lines.last?.time ?? period.from else {
            throw StatementError(
                .timeOrder, "it was recorded before the line above", line: number)
        }
    }

    /// Ends the statement.
    ///
    /// - Throws: `closing_balance` if the opening balance and all lines do not come to
    ///   `closingMinor`.
    public consuming func finish(closingMinor: Int64) throws(StatementError) -> Statement {
        guard closingMinor == balanceMinor else {
            throw StatementError(
                .closingBalance,
                "the opening balance and \(lines.count) lines come to \(balanceMinor) minor units, "
                    + "not \(closingMinor)", line: lines.isEmpty ? nil : lines.count)
        }
        return Statement(
            account: account, period: period, openingMinor: openingMinor, lines: lines,
            closingMinor: closingMinor, totals: totals)
    }
}

extension Statement {
    /// A statement of lines that are all at hand; refused as ``StatementBuilder`` refuses it.
    public init(
        account: StatementAccount, period: StatementPeriod, openingMinor: Int64,
        lines: some Swift.Sequence<StatementLine>, closingMinor: Int64
    ) throws(StatementError) {
        var builder = StatementBuilder(
            account: account, period: period, openingMinor: openingMinor)
        for line in lines { try builder.append(line) }
        self = try builder.finish(closingMinor: closingMinor)
    }
}
