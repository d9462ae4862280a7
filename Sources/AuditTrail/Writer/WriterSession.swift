internal import PostgreSQL

/// The writer's connection, which is made anew after it broke, and what it does not know of: whether its last
/// transaction was committed when the connection broke.
struct WriterSession: ~Copyable {
    private let information: String
    private var connection: Connection?
    /// Entries that were sent to be committed without an answer yet.
    private var unconfirmed: [AuditEntry] = []

    /// An abandoned transaction must not keep the log's end locked.
    private static let settings =
        "SET idle_in_transaction_session_timeout = '10s'; SET jit = off"

    /// - Parameter unconfirmed: What an earlier session was not told the fate of.
    init(_ information: String, unconfirmed: [AuditEntry] = []) {
        self.information = information
        self.unconfirmed = unconfirmed
    }

    /// Appends records in a transaction, exactly once however often it is called with the same records until it returns.
    mutating func append(_ records: [AuditRecord]) throws(PostgreSQLError) -> [AuditEntry] {
        var current = try take()
        // Left out on failure: what the connection is in then is not known, and closing it rolls back.
        _ = try current.query(AuditStatements.begin)
        let entries: [AuditEntry]
        if try Self.isCommitted(unconfirmed, &current) {
            entries = unconfirmed
        } else {
            entries = try AuditLog.append(records, in: &current)
            unconfirmed = entries
        }
        _ = try current.query(AuditStatements.commit)
        unconfirmed = []
        connection = consume current
        return entries
    }

    /// Under the lock of the log's end, so that a transaction that is still on its way has ended before.
    private static func isCommitted(
        _ entries: [AuditEntry], _ connection: inout Connection
    ) throws(PostgreSQLError) -> Bool {
        guard let first = entries.first else { return false }
        _ = try AuditLog.lockedHead(&connection)
        return try AuditLog.hash(of: first.index, &connection) == first.hash
    }

    private mutating func take() throws(PostgreSQLError) -> Connection {
        if let connection = connection.take() { return connection }
        var connection = try Connection(information)
        try connection.execute(Self.settings)
        return connection
    }
}
