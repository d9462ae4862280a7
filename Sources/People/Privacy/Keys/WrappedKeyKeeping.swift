internal import PostgreSQL
internal import Vault

/// Where data keys are kept that a master key wraps.
protocol WrappedKeyKeeping: Sendable {
    /// The table.
    var name: String { get }
    /// Table and column of the keys.
    var column: String { get }
    /// Before the first row's identifier.
    var start: String { get }
    /// Columns of what is sealed under the keys.
    var sealed: [SealedColumn] { get }

    /// Rows after one, in the order of their identifiers.
    func rows(
        after id: String, limit: Int, on connection: inout Connection
    ) throws(PostgreSQLError) -> [WrappedKeyRow]

    /// The same, of those that another master key wraps than `masterKey`.
    func rows(
        after id: String, notUnder masterKey: String, limit: Int, on connection: inout Connection
    ) throws(PostgreSQLError) -> [WrappedKeyRow]

    /// Puts keys in the places of others, where these are still there and nobody holds the row. Returns where that was so.
    func replace(
        _ rows: [(old: WrappedKeyRow, new: WrappedKey)], on connection: inout Connection
    ) throws(PostgreSQLError) -> Int64

    /// How many keys each master key wraps.
    func counts(on connection: inout Connection) throws(PostgreSQLError) -> [String: Int64]
}

/// One row's key.
struct WrappedKeyRow: Sendable {
    /// Text of the row's identifier.
    let id: String
    /// Whom the key was wrapped for.
    let owner: String
    let key: WrappedKey
    /// What is in the column: while it is, nobody has changed the key.
    let stored: [UInt8]
    /// What is sealed beside the key in the same column, and as what.
    var beside: (sealed: [UInt8], field: String)?
}

/// All places of wrapped keys.
enum WrappedKeyPlaces {
    static let leastUUID = "00000000-0000-0000-0000-000000000000"
    // People's come first: what other modules seal is sealed under them.
    static let all: [any WrappedKeyKeeping] = [
        WrappedKeyTable.person, WrappedKeyTable.verification, WrappedKeyTable.signingKey,
        WrappedKeyTable.context,
        NobodysNotices(),
    ]
}
