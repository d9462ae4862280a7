internal import EventLog
internal import Identity
internal import Ledger
internal import People
internal import PostgreSQL
internal import Wallet

/// What risk knows of the payments of people who were erased: asked for in the transaction that erases them, done by the
/// ledger soon after, also if a process ends in between.
enum ContextErasures {
    private static let ask = Statement(
        "context.erasure.ask",
        """
        INSERT INTO context_erasure (account, asked_at)
        SELECT account, $2::bigint FROM wallet WHERE person_id = $1
        UNION SELECT account, $2::bigint FROM pocket WHERE person_id = $1
        ON CONFLICT DO NOTHING
        """)
    private static let asked = Statement(
        "context.erasure.asked", "SELECT account FROM context_erasure ORDER BY asked_at LIMIT 100")
    private static let done = Statement(
        "context.erasure.done", "DELETE FROM context_erasure WHERE account = $1")

    static func ask(
        for person: PersonID, at now: Timestamp, on connection: inout Connection
    ) throws(PostgreSQLError) {
        _ = try connection.query(
            ask,
            Parameters {
                $0.add(person)
                $0.add(now)
            })
    }

    static func asked(on connection: inout Connection) throws(PostgreSQLError) -> [TransferID] {
        let rows = try connection.query(asked)
        return (0..<rows.count).map { rows.transfer($0, 0) }
    }

    static func done(_ account: TransferID, on connection: inout Connection) throws(PostgreSQLError)
    {
        _ = try connection.query(done, Parameters { $0.add(account) })
    }
}

extension PersonalWallets {
    /// Erases what risk knows of the payments of people who were erased.
    func eraseContexts() async throws(PersonalWalletError) {
        let accounts = try await transact { connection throws(PostgreSQLError) in
            .success(try ContextErasures.asked(on: &connection))
        }
        for account in accounts {
            try await ofWallet { () throws(WalletError) in
                let id = PublicAccountID(uuid: account)
                // It is frozen, unless somebody of the staff has let it go since.
                _ = try await self.wallet.freeze(id, debits: true, credits: true, key: nil)
                try await self.wallet.eraseContext(of: id)
            }
            try await transact { connection throws(PostgreSQLError) in
                .success(try ContextErasures.done(account, on: &connection))
            }
        }
    }
}
