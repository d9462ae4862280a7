/// The statements of one account, one period after the other.
struct JournalChain: Hashable, Sendable {
    let account: StatementAccount
    let statements: [Statement]

    /// Puts them in the order of their periods.
    ///
    /// - Throws: If between two of them there is time or money of which nothing is told.
    init(_ unordered: [Statement], of account: StatementAccount) throws(StatementError) {
        let statements = unordered.sorted { $0.period.from < $1.period.from }
        for (earlier, later) in zip(statements, statements.dropFirst()) {
            guard earlier.period.until == later.period.from,
                earlier.closingMinor == later.openingMinor
            else {
                throw StatementError(
                    .brokenChain,
                    "account \(account.id): \(later.period) does not go on where "
                        + "\(earlier.period) ends")
            }
        }
        self.account = account
        self.statements = statements
    }

    /// The account's name in the journal.
    var name: String { "assets:wallet:\(account.currency.code):\(account.id)" }
}
