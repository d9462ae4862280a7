public import PostgreSQL

extension AuditLog {
    /// Entries of which one of `names` is the actor or the subject, from an index on, in order.
    ///
    /// What it costs grows with the names and with what is returned, not with the log.
    ///
    /// - Parameters:
    ///   - names: As they were recorded, such as identifiers of a person and of their sessions.
    ///   - index: The first one's, at least.
    ///   - limit: How many at most, 1 to 10,000; another number is taken for the nearest of these.
    /// - Throws: `PostgreSQLError`, as ``entries(from:limit:_:)`` does.
    public static func entries(
        naming names: [String], from index: Int64, limit: Int, _ connection: inout Connection
    ) throws(PostgreSQLError) -> [AuditEntry] {
        var parameters = Parameters()
        parameters.addTextArray(names) { $0 }
        parameters.add(index)
        parameters.add(Int64(max(1, min(limit, 10_000))))
        let rows = try connection.query(AuditStatements.entriesNaming, parameters)
        var entries: [AuditEntry] = []
        for row in 0..<rows.count {
            let stored = AuditRows.entry(rows, row)
            guard let entry = stored.entry else {
                throw .unexpectedResult("audit entry \(stored.index) cannot be read")
            }
            entries.append(entry)
        }
        return entries
    }
}
