internal import EventLog
internal import Fees
internal import PostgreSQL
internal import Synchronization

/// Whose prices and limits are not everybody's. Kept in memory, for every payment asks; changes are looked for each second.
final class TierDirectory: Sendable {
    private struct State: Sendable {
        var tiers: [TransferID: Tier] = [:]
        var changedAt: Int64 = 0
    }
    private static let changes = Statement(
        "wallet.tiers",
        """
        SELECT spender, tier, changed_at FROM spender_tier WHERE changed_at >= $1::bigint
        ORDER BY changed_at
        """)
    private let state = Mutex(State())
    private let pool: ConnectionPool

    init(_ pool: ConnectionPool) { self.pool = pool }

    /// The tier of a spender; nil for everybody's.
    func tier(of spender: TransferID) -> Tier? { state.withLock { $0.tiers[spender] } }

    /// Learns what was changed since the last look, and a while before it: clocks differ.
    func look() async throws(PostgreSQLError) {
        let since = state.withLock { $0.changedAt } - 60_000_000
        let changes = try await pool.run { connection throws(PostgreSQLError) in
            var parameters = Parameters()
            parameters.add(since)
            let rows = try connection.query(Self.changes, parameters)
            return (0..<rows.count).map { row in
                let (high, low) = rows.uuid(row, 0)
                return (
                    spender: TransferID(high: high, low: low), tier: rows.text(row, 1),
                    changedAt: rows.int(row, 2)
                )
            }
        }
        if changes.isEmpty { return }
        state.withLock { state in
            for change in changes {
                // An empty word is everybody's again.
                state.tiers[change.spender] = Tier(rawValue: change.tier)
                state.changedAt = max(state.changedAt, change.changedAt)
            }
        }
    }
}
