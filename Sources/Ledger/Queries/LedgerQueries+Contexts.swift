public import EventLog
public import PostgreSQL

/// What risk knew of a payment, with the payment.
public struct ContextView: Sendable, Equatable {
    /// The reserve event that it belongs to.
    public var sequence: Sequence
    /// The payment.
    public var transfer: TransferID
    /// The account that pays.
    public var payer: PublicAccountID
    /// When it was reserved, by the database's clock.
    public var recordedAt: Timestamp
    /// What was told.
    public var context: RiskContext
}

extension LedgerQueries {
    private static let contextsOfPayers = Statement(
        "contexts_of_payers",
        """
        SELECT c.sequence, c.key_id, c.sealed, c.master_key, c.data_key, c.erased_sequence,
            c.account_id, c.transfer_id, c.recorded_at, a.public_id
        FROM account a CROSS JOIN LATERAL (
            SELECT c.sequence, c.key_id, c.sealed, k.master_key, k.data_key, k.erased_sequence,
                k.account_id, e.transfer_id, e.recorded_at
            FROM entry e JOIN risk_context c ON c.sequence = e.sequence
            JOIN context_key k ON k.id = c.key_id AND k.account_id = e.account_id
            WHERE e.account_id = a.id AND e.sequence < $2::bigint AND k.erased_sequence IS NULL
            ORDER BY e.sequence DESC LIMIT $3::bigint) c
        WHERE a.public_id = ANY($1::uuid[])
        ORDER BY c.sequence DESC LIMIT $3::bigint
        """)

    /// What risk knows of payments out of some accounts, newest first, before an event; what was erased is left out.
    /// `limit` is at most 1,000.
    public func contexts(
        of payers: [PublicAccountID], before: Sequence?, limit: Int
    ) async throws(PostgreSQLError) -> [ContextView] {
        let contexts = contexts
        return try await pool.run { connection throws(PostgreSQLError) in
            var parameters = Parameters()
            parameters.addUUIDArray(payers) { ($0.uuid.high, $0.uuid.low) }
            parameters.add(before?.rawValue ?? Int64.max)
            parameters.add(Int64(min(max(limit, 1), 1_000)))
            let rows = try connection.query(Self.contextsOfPayers, parameters)
            var views: [ContextView] = []
            try contexts.use { opener throws(PostgreSQLError) in
                for row in 0..<rows.count {
                    let (transfer, payer) = (rows.uuid(row, 7), rows.uuid(row, 9))
                    views.append(
                        ContextView(
                            sequence: Sequence(rows.int(row, 0)),
                            transfer: TransferID(high: transfer.high, low: transfer.low),
                            payer: PublicAccountID(
                                uuid: TransferID(high: payer.high, low: payer.low)),
                            recordedAt: Timestamp(rows.int(row, 8)),
                            context: try opener.open(rows, row)))
                }
            }
            return views
        }
    }
}
