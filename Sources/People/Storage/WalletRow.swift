internal import EventLog
internal import Identity
internal import PostgreSQL

/// Which account of the ledger is a person's, as the database has it.
struct WalletRow: Sendable {
    private static let insert = Statement(
        "people.wallet.insert",
        """
        INSERT INTO wallet (account, person_id, currency, opened_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT DO NOTHING
        """)
    private static let ofPerson = Statement(
        "people.wallets",
        "SELECT account, currency FROM wallet WHERE person_id = $1 ORDER BY opened_at, account")
    private static let owner = Statement(
        "people.wallet.owner", "SELECT person_id FROM wallet WHERE account = $1")

    let account: TransferID
    let currency: String

    /// Keeps it, unless the person has one of the currency.
    func insert(
        of person: PersonID, at now: Timestamp, on connection: inout Connection
    ) throws(PostgreSQLError) {
        _ = try connection.query(
            Self.insert,
            Parameters {
                $0.add(uuidHigh: account.high, low: account.low)
                $0.add(person)
                $0.add(currency)
                $0.add(now)
            })
    }

    /// All of a person, the oldest first.
    static func all(
        of person: PersonID, on connection: inout Connection
    ) throws(PostgreSQLError) -> [WalletRow] {
        let rows = try connection.query(ofPerson, Parameters { $0.add(person) })
        return (0..<rows.count).map { row in
            let (high, low) = rows.uuid(row, 0)
            return WalletRow(
                account: TransferID(high: high, low: low), currency: rows.text(row, 1))
        }
    }

    /// Whose an account is; nil if it is nobody's wallet.
    static func owner(
        of account: TransferID, on connection: inout Connection
    ) throws(PostgreSQLError) -> PersonID? {
        let rows = try connection.query(
            owner, Parameters { $0.add(uuidHigh: account.high, low: account.low) })
        return rows.isEmpty ? nil : rows.identifier(0, 0)
    }
}
