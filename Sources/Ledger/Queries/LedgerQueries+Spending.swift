public import EventLog
public import PostgreSQL

extension LedgerQueries {
    private static let spent = Statement(
        "spent",
        """
        WITH k AS (SELECT $1::uuid AS spender), n AS (\(TallyStatements.newestOfEach))
        SELECT tally, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint FROM n
        """)

    /// What a spender has spent in the present UTC day and month, by kind of payment; kind 0 is all together. Kinds of
    /// which nothing was spent are left out.
    public func spent(
        by spender: TransferID, in currency: UInt16
    ) async throws(PostgreSQLError) -> [UInt8: SpendingCount] {
        try await pool.run { connection throws(PostgreSQLError) in
            var parameters = Parameters()
            parameters.add(uuidHigh: spender.high, low: spender.low)
            let rows = try connection.query(Self.spent, parameters)
            if rows.isEmpty || rows.isNull(0, 0) { return [:] }
            let tally = try TallyStatements.tally(rows, 0, 0, of: spender)
            var counts: [UInt8: SpendingCount] = [:]
            for counter in tally.at(Timestamp(rows.int(0, 1))).counters
            where counter.currency == currency {
                counts[counter.kind] = counter.count
            }
            return counts
        }
    }
}
