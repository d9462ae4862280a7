internal import EventLog

extension Journal {
    static let opening = "equity:opening"

    /// The journal, in UTF-8. Equal statements give equal bytes.
    public func bytes() -> [UInt8] {
        var text = "; Statements of \(JournalText.line(of: "\(holder.name), \(holder.handle)"))\n\n"
        for currency in Set(chains.map(\.account.currency)).sorted(by: { $0.code < $1.code }) {
            text += Self.declaration(of: currency)
        }
        for account in accounts { text += "account \(account)\n" }
        for chain in chains { append(chain, to: &text) }
        return Array(text.utf8)
    }

    /// Every account that is posted to, so that strict checks pass.
    private var accounts: [String] {
        var accounts = Set(chains.map(\.name)).union([Self.opening])
        for chain in chains {
            for statement in chain.statements { accounts.formUnion(statement.lines.map(counter)) }
        }
        return accounts.sorted()
    }

    /// The currency and its decimals. Where there are none, hledger would insist on a decimal point
    /// and ledger on its absence: nothing is said, and both take the amounts as they stand.
    private static func declaration(of currency: Currency) -> String {
        guard currency.scale > 0 else { return "commodity \(currency)\n\n" }
        let decimals = String(repeating: "0", count: currency.scale)
        return "commodity \(currency)\n    format 1000.\(decimals) \(currency)\n\n"
    }

    private func append(_ chain: JournalChain, to text: inout String) {
        guard let first = chain.statements.first else { return }
        let opening = first.decimal(first.openingMinor)
        text += "\n\(first.period.from.day) * Opening balance\n"
        text += Self.posting(chain.name, opening, chain.account.currency)
        text += Self.posting(Self.opening, JournalText.negated(opening), chain.account.currency)
        for statement in chain.statements {
            for line in statement.lines { append(line, of: statement, chain.name, to: &text) }
            let closing = "\(statement.decimal(statement.closingMinor)) \(chain.account.currency)"
            text += "\n\(statement.period.lastDay) * Closing balance\n"
            text += "    \(chain.name)  \(statement.decimal(0)) \(chain.account.currency)"
            text += " = \(closing)\n"
        }
    }

    private func append(
        _ line: StatementLine, of statement: Statement, _ wallet: String, to text: inout String
    ) {
        let counterparty = JournalText.line(of: line.counterparty)
        let amount = statement.decimal(line.amountMinor)
        text += "\n\(line.time.day) * (\(line.transfer)) \(line.kind)"
        text += counterparty.isEmpty ? "\n" : ", \(counterparty)\n"
        text += "    ; sequence:\(line.sequence.rawValue)"
        if let related = line.relatedTransfer { text += ", related:\(related)" }
        text += "\n"
        text += Self.posting(wallet, amount, statement.account.currency)
        text += Self.posting(
            counter(of: line), JournalText.negated(amount), statement.account.currency)
    }

    private static func posting(_ account: String, _ amount: String, _ currency: Currency) -> String
    {
        "    \(account)  \(amount) \(currency)\n"
    }
}
