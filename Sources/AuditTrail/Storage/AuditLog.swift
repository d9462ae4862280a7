public import PostgreSQL

/// The log in its tables, through a connection of the caller's.
///
/// These functions throw the connection's own error, so that they can stand among a caller's statements.
public enum AuditLog {
    /// Appends records within the caller's transaction: they are in the log if it commits, and leave no trace if not.
    /// This is how a change and the record of it become one.
    ///
    /// Locks the log's end until the transaction ends, so it comes last in it: whoever appends next waits for that. It
    /// costs two round trips. The transaction is `READ COMMITTED`; a stricter one fails with SQLSTATE 40001 when others
    /// appended since it began. Outside a transaction it is one of its own, but fails when another comes between.
    ///
    /// - Returns: The entries with their places, in the order given.
    /// - Throws: `PostgreSQLError`; the caller's transaction can then only be rolled back.
    @discardableResult
    public static func append(
        _ records: [AuditRecord], in connection: inout Connection
    ) throws(PostgreSQLError) -> [AuditEntry] {
        if records.isEmpty { return [] }
        let (head, clockMicros) = try lockedHead(&connection)
        var next = head
        let entries = next.append(records, clockMicros: clockMicros)
        try write(entries, from: head, to: next, &connection)
        return entries
    }

    /// Appends one record within the caller's transaction, as ``append(_:in:)-([AuditRecord],_)`` does.
    @discardableResult
    public static func append(
        _ record: AuditRecord, in connection: inout Connection
    ) throws(PostgreSQLError) -> AuditEntry {
        guard let entry = try append([record], in: &connection).first else {
            throw .unexpectedResult("a record made no entry")
        }
        return entry
    }

    /// Signs the log as it is now and keeps the signed head, within the caller's transaction or in one of its own.
    public static func sign(
        with key: AuditSigningKey, in connection: inout Connection
    ) throws(PostgreSQLError) -> SignedTreeHead {
        let (head, clockMicros) = try lockedHead(&connection)
        let time = max(head.recordedAtMicros, clockMicros)
        guard let signed = SignedTreeHead(head, signedAtMicros: time, with: key) else {
            throw .unexpectedResult("the audit log's head could not be signed")
        }
        var parameters = Parameters()
        parameters.add(signed.size)
        parameters.add(head.signedHeadCount)
        parameters.add(time)
        parameters.add(signed.root.bytes)
        parameters.add(signed.key.bytes)
        parameters.add(signed.signature)
        try expect(1, AuditStatements.addSignedHead, parameters, &connection)
        return signed
    }

    /// Where the log ends.
    public static func head(
        _ connection: inout Connection
    ) throws(PostgreSQLError) -> AuditHead {
        try storedEnd(&connection).whole()
    }

    static func storedEnd(
        _ connection: inout Connection
    ) throws(PostgreSQLError) -> StoredEnd {
        AuditRows.end(try connection.query(AuditStatements.head))
    }

    // MARK: - Under the lock

    /// Locks the log's end and reads it, then the clock.
    static func lockedHead(
        _ connection: inout Connection
    ) throws(PostgreSQLError) -> (head: AuditHead, clockMicros: Int64) {
        try connection.prepare([AuditStatements.lockHead, AuditStatements.clock])
        try connection.send(AuditStatements.lockHead)
        try connection.send(AuditStatements.clock)
        try connection.sync()
        let head = try connection.nextRows()
        let clock = try connection.nextRows()
        try connection.finish()
        return (try AuditRows.end(head).whole(), clock.int(0, 0))
    }

    private static func write(
        _ entries: [AuditEntry], from old: AuditHead, to new: AuditHead,
        _ connection: inout Connection
    ) throws(PostgreSQLError) {
        var parameters = Parameters()
        parameters.add(old.size)
        parameters.add(old.lastHash.bytes)
        parameters.add(new.size)
        parameters.add(new.recordedAtMicros)
        parameters.add(new.lastHash.bytes)
        parameters.add(new.tree.subtreeRoots.flatMap(\.bytes))
        parameters.addArray(entries) { $0.index }
        parameters.addArray(entries) { $0.recordedAtMicros }
        parameters.addTextArray(entries) { $0.record.actor }
        parameters.addTextArray(entries) { $0.record.act.rawValue }
        parameters.addTextArray(entries) { $0.record.subject }
        parameters.addInt16Array(entries) { Int16($0.record.outcome.rawValue) }
        parameters.addTextArray(entries) { DetailLines.write($0.record.details) }
        parameters.addBytesArray(entries) { $0.previousHash.bytes }
        parameters.addBytesArray(entries) { $0.hash.bytes }
        try expect(entries.count, AuditStatements.append, parameters, &connection)
    }

    private static func expect(
        _ count: Int, _ statement: Statement, _ parameters: Parameters,
        _ connection: inout Connection
    ) throws(PostgreSQLError) {
        let rows = try connection.query(statement, parameters)
        guard rows.count == 1, rows.int(0, 0) == Int64(count) else {
            throw .unexpectedResult(
                "the audit log grew meanwhile: append to it within a transaction")
        }
    }
}
