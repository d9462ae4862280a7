internal import Cryptography
public import PostgreSQL

extension AuditLog {
    /// Entries from an index on, in order.
    ///
    /// - Parameters:
    ///   - index: The first one's.
    ///   - limit: How many at most, 1 to 10,000; another number is taken for the nearest of these.
    /// - Throws: `PostgreSQLError`, also if a row is not an entry, as after tampering: ``AuditVerifier`` tells more.
    public static func entries(
        from index: Int64, limit: Int, _ connection: inout Connection
    ) throws(PostgreSQLError) -> [AuditEntry] {
        try whole(page(AuditStatements.entries, index, limit, &connection))
    }

    /// Entries before an index, the newest first; those before `Int64.max` are the newest of all.
    ///
    /// - Parameters:
    ///   - index: One more than the first one's.
    ///   - limit: As for ``entries(from:limit:_:)``.
    public static func entries(
        before index: Int64, limit: Int, _ connection: inout Connection
    ) throws(PostgreSQLError) -> [AuditEntry] {
        try whole(page(AuditStatements.entriesBefore, index, limit, &connection))
    }

    /// Signed heads from a number on, in order; the first has number 0.
    public static func signedHeads(
        from number: Int64, limit: Int, _ connection: inout Connection
    ) throws(PostgreSQLError) -> [SignedTreeHead] {
        var heads: [SignedTreeHead] = []
        for stored in try storedHeads(from: number, limit: limit, &connection) {
            guard let head = stored.head else {
                throw .unexpectedResult("signed head \(stored.number) cannot be read")
            }
            heads.append(head)
        }
        return heads
    }

    /// The signed head that was added last; nil if none was.
    public static func newestSignedHead(
        _ connection: inout Connection
    ) throws(PostgreSQLError) -> SignedTreeHead? {
        let rows = try connection.query(AuditStatements.newestSignedHead)
        if rows.isEmpty { return nil }
        let stored = AuditRows.signedHead(rows, 0)
        guard let head = stored.head else {
            throw .unexpectedResult("signed head \(stored.number) cannot be read")
        }
        return head
    }

    // MARK: - As they are

    static func storedEntries(
        from index: Int64, limit: Int, _ connection: inout Connection
    ) throws(PostgreSQLError) -> [StoredEntry] {
        try page(AuditStatements.entries, index, limit, &connection)
    }

    static func storedHeads(
        from number: Int64, limit: Int, _ connection: inout Connection
    ) throws(PostgreSQLError) -> [StoredHead] {
        let rows = try connection.query(
            AuditStatements.signedHeads, pageParameters(number, limit))
        return (0..<rows.count).map { AuditRows.signedHead(rows, $0) }
    }

    /// The leaf hashes of a range, as they follow from the stored hashes.
    static func leafHashes(
        _ range: Range<Int64>, _ connection: inout Connection
    ) throws(PostgreSQLError) -> [SHA256Digest] {
        var parameters = Parameters()
        parameters.add(range.lowerBound)
        parameters.add(range.upperBound)
        let rows = try connection.query(AuditStatements.hashes, parameters)
        guard rows.count == range.count else {
            throw .unexpectedResult(
                "of the \(range.count) audit entries from \(range.lowerBound) on there are "
                    + "\(rows.count)")
        }
        return (0..<rows.count).map { MerkleTree.leafHash(rows.bytes($0, 0)) }
    }

    /// The hash of one entry; nil if there is none.
    static func hash(
        of index: Int64, _ connection: inout Connection
    ) throws(PostgreSQLError) -> SHA256Digest? {
        var parameters = Parameters()
        parameters.add(index)
        let rows = try connection.query(AuditStatements.hash, parameters)
        return rows.isEmpty ? nil : SHA256Digest(bytes: rows.bytes(0, 0))
    }

    private static func page(
        _ statement: Statement, _ start: Int64, _ limit: Int, _ connection: inout Connection
    ) throws(PostgreSQLError) -> [StoredEntry] {
        let rows = try connection.query(statement, pageParameters(start, limit))
        return (0..<rows.count).map { AuditRows.entry(rows, $0) }
    }

    private static func pageParameters(_ start: Int64, _ limit: Int) -> Parameters {
        var parameters = Parameters()
        parameters.add(start)
        parameters.add(Int64(max(1, min(limit, 10_000))))
        return parameters
    }

    private static func whole(_ stored: [StoredEntry]) throws(PostgreSQLError) -> [AuditEntry] {
        var entries: [AuditEntry] = []
        for row in stored {
            guard let entry = row.entry else {
                throw .unexpectedResult("audit entry \(row.index) cannot be read")
            }
            entries.append(entry)
        }
        return entries
    }
}
