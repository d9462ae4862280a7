internal import EventLog

/// The books of one person as plain text that hledger and ledger read (`hledger -f journal.txt`,
/// in a locale of UTF-8).
///
/// Every line is a transaction between the wallet, `assets:wallet:CURRENCY:ID`, and a counter
/// account that tells only what kind of line it is: nothing that a person typed is part of an
/// account's name. Where a person's text stands, in descriptions behind the kind and in the
/// heading, it is one line without characters that mean something there.
///
/// | counter account | lines |
/// |---|---|
/// | `expenses:fee` | fees, also those given back |
/// | `equity:transfers` | transfers between two of the accounts in the journal |
/// | `equity:KIND` | funding, withdrawals, exchanges and adjustments |
/// | `income:KIND`, `expenses:KIND` | everything else, by its sign |
/// | `equity:opening` | the balance before an account's first statement |
///
/// A transfer's identifier is the transaction's code. Every statement ends in an assertion of its
/// closing balance.
public struct Journal: Hashable, Sendable {
    let holder: Holder
    let chains: [JournalChain]
    /// Transfers that move two of the accounts.
    let innerTransfers: Set<TransferID>

    /// The books of some accounts of one person, each over one period or several that follow one
    /// another. The order in which statements are given does not matter.
    ///
    /// - Throws: `no_statements`, `different_holders`, or `broken_chain`.
    public init(_ statements: [Statement]) throws(StatementError) {
        guard let holder = statements.first?.account.holder else {
            throw StatementError(.noStatements, "a journal is of one statement or more")
        }
        guard statements.allSatisfy({ $0.account.holder == holder }) else {
            throw StatementError(.differentHolders, "a journal is of one person")
        }
        let groups = Dictionary(grouping: statements, by: \.account)
        var chains: [JournalChain] = []
        for (account, group) in groups {
            chains.append(try JournalChain(group, of: account))
        }
        self.holder = holder
        self.chains = chains.sorted { $0.name < $1.name }
        innerTransfers = Self.innerTransfers(of: chains)
    }

    private static func innerTransfers(of chains: [JournalChain]) -> Set<TransferID> {
        var (seen, inner): (Set<TransferID>, Set<TransferID>) = ([], [])
        for chain in chains {
            let moving = chain.statements.flatMap(\.lines).filter { $0.kind != .fee }
            let transfers = Set(moving.map(\.transfer))
            inner.formUnion(transfers.intersection(seen))
            seen.formUnion(transfers)
        }
        return inner.subtracting([.none])
    }

    /// The account that gives what a line brings, or takes what it costs.
    func counter(of line: StatementLine) -> String {
        switch line.kind {
        case .fee: "expenses:fee"
        case .funding, .withdrawal, .exchange, .adjustment: "equity:\(line.kind)"
        case _ where innerTransfers.contains(line.transfer): "equity:transfers"
        case _: (line.amountMinor < 0 ? "expenses:" : "income:") + line.kind.rawValue
        }
    }
}
