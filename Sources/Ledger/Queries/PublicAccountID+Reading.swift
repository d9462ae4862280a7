public import EventLog
public import PostgreSQL

extension PublicAccountID {
    private static let byAccount = Statement(
        "public_ids", "SELECT id, public_id FROM account WHERE id = ANY($1::bigint[])")

    /// What accounts are called outside, by their numbers, on a connection of the caller's. Unknown ones are left out.
    public static func all(
        of accounts: [AccountID], _ connection: inout Connection
    ) throws(PostgreSQLError) -> [AccountID: PublicAccountID] {
        var parameters = Parameters()
        parameters.addArray(accounts, \.rawValue)
        let rows = try connection.query(byAccount, parameters)
        var names: [AccountID: PublicAccountID] = [:]
        for row in 0..<rows.count {
            let id = rows.uuid(row, 1)
            names[AccountID(rows.int(row, 0))] = PublicAccountID(
                uuid: TransferID(high: id.high, low: id.low))
        }
        return names
    }
}
