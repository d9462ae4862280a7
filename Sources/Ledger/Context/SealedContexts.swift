internal import EventLog
internal import PostgreSQL
internal import Vault

/// Sealed contexts on their way into the database, with the keys that are stored beside them.
struct SealedContexts {
    static let insertKeys = Statement(
        "insert_context_keys",
        """
        INSERT INTO context_key (id, account_id, master_key, data_key)
        SELECT unnest($1::bigint[]), unnest($2::bigint[]), unnest($3::text[]), unnest($4::bytea[])
        """)
    static let insert = Statement(
        "insert_contexts",
        """
        INSERT INTO risk_context (sequence, key_id, sealed)
        SELECT unnest($1::bigint[]), unnest($2::bigint[]), unnest($3::bytea[])
        """)
    /// Destroys the keys of an account.
    static let erase = Statement(
        "erase_context_keys",
        """
        UPDATE context_key SET master_key = NULL, data_key = NULL, erased_sequence = $2::bigint,
            erased_at = $3::bigint
        WHERE account_id = $1::bigint AND id < $2::bigint AND erased_sequence IS NULL
        """)
    static let insertRebase = Statement(
        "insert_rebase", "INSERT INTO rebase VALUES ($1::bigint, $2::bigint)")
    static let all = [insertKeys, insert, erase, insertRebase]

    private(set) var sequences: [Int64] = []
    private var keys: [Int64] = []
    private var sealed: [[UInt8]] = []

    /// Starts anew, but keeps the storage.
    mutating func removeAll() {
        sequences.removeAll(keepingCapacity: true)
        keys.removeAll(keepingCapacity: true)
        sealed.removeAll(keepingCapacity: true)
    }

    /// Seals one more.
    mutating func add(
        _ context: RiskContext, at sequence: Sequence, of account: AccountID,
        by sealer: inout ContextSealer
    ) throws(PostgreSQLError) {
        do throws(VaultError) {
            let (key, bytes) = try sealer.seal(context, at: sequence, of: account)
            sequences.append(sequence.rawValue)
            keys.append(key.rawValue)
            sealed.append(bytes)
        } catch { throw .unexpectedResult("a risk context cannot be sealed: \(error)") }
    }

    /// Sends keys and contexts. Returns how many results are to be received.
    mutating func send(
        _ newKeys: [ContextSealer.NewKey], on connection: inout Connection
    ) throws(PostgreSQLError) -> Int {
        let parts = parts(newKeys)
        for (statement, parameters) in parts { try connection.send(statement, parameters) }
        return parts.count
    }

    /// Inserts keys and contexts, and waits for it.
    mutating func insert(
        _ newKeys: [ContextSealer.NewKey], on connection: inout Connection
    ) throws(PostgreSQLError) {
        for (statement, parameters) in parts(newKeys) {
            _ = try connection.query(statement, parameters)
        }
    }

    /// What there is to do: at most two statements.
    private func parts(_ newKeys: [ContextSealer.NewKey]) -> [(Statement, Parameters)] {
        var parts: [(Statement, Parameters)] = []
        if !newKeys.isEmpty {
            var parameters = Parameters()
            parameters.addArray(newKeys, \.id.rawValue)
            parameters.addArray(newKeys, \.account.rawValue)
            parameters.addTextArray(newKeys, \.wrapped.masterKey)
            parameters.addBytesArray(newKeys, \.wrapped.bytes)
            parts.append((Self.insertKeys, parameters))
        }
        if !sequences.isEmpty {
            var parameters = Parameters()
            parameters.addArray(sequences) { $0 }
            parameters.addArray(keys) { $0 }
            parameters.addBytesArray(sealed) { $0 }
            parts.append((Self.insert, parameters))
        }
        return parts
    }
}
