internal import EventLog
public import PostgreSQL
public import Vault

/// Risk contexts that an earlier version kept in clear: they are sealed, each under a key of its payer's account.
public enum PlainContexts {
    private static let page = 1_000

    private static let read = Statement(
        "plain_contexts",
        """
        SELECT sequence, device, instrument, address, latitude, longitude, merchant_category,
            initiated_at, country
        FROM plain_risk_context ORDER BY sequence LIMIT $1::bigint FOR UPDATE
        """)
    private static let delete = Statement(
        "plain_contexts_delete",
        "DELETE FROM plain_risk_context WHERE sequence = ANY($1::bigint[])")

    /// Seals all that is left in clear, a page in a transaction. It may be ended at any time and begun again.
    ///
    /// - Throws: ``PostgreSQLError``, also if the keyring's current key cannot be used.
    public static func seal(
        under keyring: Keyring, _ connection: inout Connection
    ) throws(PostgreSQLError) {
        let bytes = try connection.query(
            Statement(
                "plain_contexts_bytes", "SELECT pg_relation_size('plain_risk_context')::bigint")
        ).int(0, 0)
        guard bytes > 0 else { return }
        var sealer = ContextSealer(keyring)
        while try sealPage(&sealer, &connection) {}
        // What was in clear stays in free space of the file until the file is gone.
        try connection.execute("TRUNCATE plain_risk_context")
    }

    /// Whether there is something in clear: then whoever reads contexts would not find them.
    public static func areLeft(_ connection: inout Connection) throws(PostgreSQLError) -> Bool {
        try connection.query(
            Statement("plain_contexts_any", "SELECT EXISTS (SELECT 1 FROM plain_risk_context)")
        ).bool(0, 0)
    }

    private static func sealPage(
        _ sealer: inout ContextSealer, _ connection: inout Connection
    ) throws(PostgreSQLError) -> Bool {
        try connection.execute("BEGIN")
        do throws(PostgreSQLError) {
            var parameters = Parameters()
            parameters.add(Int64(page))
            let rows = try connection.query(read, parameters)
            if rows.isEmpty {
                try connection.execute("COMMIT")
                return false
            }
            sealer.begin(lastErasure: nil)
            var sealed = SealedContexts()
            var batch: EventBatch?
            for row in 0..<rows.count {
                let sequence = Sequence(rows.int(row, 0))
                if batch.map({ $0.lastSequence < sequence }) ?? true {
                    batch = try LogReader.batch(holding: sequence, &connection)
                }
                guard let batch, batch.firstSequence <= sequence else {
                    throw .unexpectedResult("the log has no event \(sequence.rawValue)")
                }
                let index = Int(sequence.rawValue - batch.firstSequence.rawValue)
                try sealed.add(
                    context(rows, row), at: sequence, of: batch.event(at: index).payer, by: &sealer)
            }
            try sealed.insert(sealer.newKeys, on: &connection)
            parameters.removeAll()
            parameters.addArray(sealed.sequences) { $0 }
            _ = try connection.query(delete, parameters)
            try connection.execute("COMMIT")
            sealer.confirm()
            return true
        } catch {
            if !error.isConnectionLost { try connection.execute("ROLLBACK") }
            throw error
        }
    }

    private static func context(_ rows: borrowing Rows, _ row: Int) -> RiskContext {
        func token(_ column: Int) -> Token { Token(UInt64(bitPattern: rows.int(row, column))) }
        return RiskContext(
            device: token(1), instrument: token(2), address: token(3),
            latitude: Int32(truncatingIfNeeded: rows.optionalInt(row, 4) ?? 0),
            longitude: Int32(truncatingIfNeeded: rows.optionalInt(row, 5) ?? 0),
            hasPlace: !rows.isNull(row, 4),
            merchantCategory: UInt16(truncatingIfNeeded: rows.int(row, 6)),
            country: CountryCode(rawValue: UInt16(truncatingIfNeeded: rows.int(row, 8))) ?? .none,
            initiatedAt: Timestamp(rows.int(row, 7)))
    }
}
