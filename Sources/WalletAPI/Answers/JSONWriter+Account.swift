internal import EventLog
internal import Hummingbird
internal import Ledger
internal import Wallet

extension JSONWriter {
    /// An account with its balance and limits.
    mutating func account(_ view: AccountView) {
        let account = view.account
        let currency = account.currency
        object { writer in
            writer.member("id", view.publicID.uuid)
            writer.member("owner", view.owner)
            writer.member("currency", Currency(number: currency)?.code)
            writer.member("available", minor: account.available, currency)
            writer.member("reserved", minor: account.reserved, currency)
            writer.member("posted", minor: account.posted, currency)
            writer.member("debits_frozen", account.debitsFrozen)
            writer.member("credits_frozen", account.creditsFrozen)
            writer.name("limits")
            writer.object { writer in
                writer.member("overdraft", minor: account.overdraft, currency)
                writer.member("hour_count", account.caps.hourCount)
                writer.member("hour_sum", minor: account.caps.hourSum, currency)
                writer.member("day_count", account.caps.dayCount)
                writer.member("day_sum", minor: account.caps.daySum, currency)
            }
            writer.member("opened_at", view.openedAt)
        }
    }

    /// One line of an account's history.
    ///
    /// - Parameter account: which one, in a history over several.
    mutating func entry(
        _ entry: EntryView, counterparty: PublicAccountID?, currency: UInt16,
        account: PublicAccountID? = nil
    ) {
        object { writer in
            if let account { writer.member("account", account.uuid) }
            writer.member("sequence", entry.sequence)
            writer.member("recorded_at", entry.recordedAt)
            writer.member("event", entry.kind.word)
            writer.member("cause", entry.cause.word)
            writer.member("transfer", entry.transfer)
            writer.member("kind", entry.transferKind.word)
            writer.member("counterparty", counterparty?.uuid ?? .none)
            writer.member("posted_change", minor: entry.postedChange, currency)
            writer.member("reserved_change", minor: entry.reservedChange, currency)
            writer.member("posted", minor: entry.posted, currency)
            writer.member("reserved", minor: entry.reserved, currency)
        }
    }

    /// What an account had at some moment.
    mutating func balance(_ balance: BalanceView, of view: AccountView) {
        let currency = view.account.currency
        object { writer in
            writer.member("account", view.publicID.uuid)
            writer.member("sequence", balance.sequence)
            writer.member("available", minor: balance.posted - balance.reserved, currency)
            writer.member("reserved", minor: balance.reserved, currency)
            writer.member("posted", minor: balance.posted, currency)
        }
    }
}

extension Response {
    static func account(_ view: AccountView, status: HTTPResponse.Status = .ok) -> Response {
        var writer = JSONWriter()
        writer.account(view)
        return .json(writer, status: status)
    }

    /// A page of an account's history.
    static func history(
        _ entries: [EntryView], _ counterparties: [AccountID: PublicAccountID],
        of view: AccountView, limit: Int
    ) -> Response {
        .object { writer in
            writer.name("entries")
            writer.array(entries) { writer, entry in
                writer.entry(
                    entry, counterparty: counterparties[entry.counterparty],
                    currency: view.account.currency)
            }
            writer.member("next", entries.count < limit ? nil : entries.last?.sequence.rawValue)
        }
    }
}
