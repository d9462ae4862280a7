public import EventLog
public import Ledger
internal import PostgreSQL

extension Wallet {
    /// What came of a request to release a held transfer.
    public enum Release: Sendable {
        /// The money moved.
        case done(TransferAnswer)
        /// It is more than one person may release: somebody else must ask for it, too.
        case awaitsSecond(TransferAnswer)
    }

    private static let ask = Statement(
        "wallet.release.ask",
        """
        INSERT INTO release_request (transfer_id, actor, note, asked_at)
        VALUES ($1, $2, $3, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint)
        ON CONFLICT (transfer_id, actor) DO UPDATE SET note = excluded.note
        """)
    private static let others = Statement(
        "wallet.release.others",
        "SELECT actor FROM release_request WHERE transfer_id = $1 AND actor <> $2")

    /// Releases a held or challenged transfer. One above the limit for its currency needs two who ask for it, whoever
    /// comes first (four eyes); a currency without a limit needs one.
    ///
    /// - Parameter limits: by number of currency, the most in minor units that one alone may release.
    public func release(
        _ id: TransferID, note: String, actor: String, limits: [UInt16: Int64],
        key: IdempotencyKey?
    ) async throws(WalletError) -> Release {
        let found = try await transfer(id)
        let transfer = found.transfer
        guard let limit = limits[transfer.currency], transfer.amount > limit,
            // One that is not decided yet may be held by the time that it is asked for.
            [.reserved, .held, .challenged].contains(transfer.state)
        else {
            return .done(
                try await review(id, release: true, note: note, actor: actor, key: key))
        }
        // Written before the others are looked for: of two who come at the same time one at least sees the other.
        let others = try await reading { () throws(PostgreSQLError) in
            try await self.queries.transaction { connection throws(PostgreSQLError) in
                var parameters = Parameters()
                parameters.add(uuidHigh: id.high, low: id.low)
                parameters.add(actor)
                var asked = parameters
                asked.add(note)
                _ = try connection.query(Self.ask, asked)
                return try connection.query(Self.others, parameters).count
            }
        }
        guard others > 0 else { return .awaitsSecond(found) }
        return .done(try await review(id, release: true, note: note, actor: actor, key: key))
    }
}
