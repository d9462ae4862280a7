public import EventLog
public import Ledger
internal import PostgreSQL

extension Wallet {
    /// What came of a request to let a transfer that waits go through.
    public enum Release: Sendable {
        /// The money moved.
        case done(TransferAnswer)
        /// It is more than one person may release: somebody else must ask for it, too.
        case awaitsSecond(TransferAnswer)
    }

    private static let ask = Statement(
        "wallet.release.ask",
        """
        INSERT INTO release_request (transfer_id, principal, actor, note, asked_at)
        VALUES ($1, $2, $3, $4, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint)
        ON CONFLICT (transfer_id, actor)
            DO UPDATE SET note = excluded.note, principal = excluded.principal
        """)
    private static let others = Statement(
        "wallet.release.others",
        "SELECT actor FROM release_request WHERE transfer_id = $1 AND principal <> $2")

    /// Releases a held or challenged transfer. One above the limit for its currency needs two who ask for it, whoever
    /// comes first (four eyes); a currency without a limit needs one.
    ///
    /// - Parameters:
    ///   - reviewer: who asks for it.
    ///   - limits: by number of currency, the most in minor units that one alone may release.
    public func release(
        _ id: TransferID, note: String, by reviewer: Reviewer, limits: [UInt16: Int64],
        key: IdempotencyKey?
    ) async throws(WalletError) -> Release {
        if let waiting = try await awaitingSecond(id, note, reviewer, limits) {
            return .awaitsSecond(waiting)
        }
        return .done(
            try await review(id, release: true, note: note, actor: reviewer.actor, key: key))
    }

    /// Says that the payer passed the challenge, where somebody else than the payer says so: that needs as many as a
    /// release. That they failed one may say alone.
    public func challenge(
        _ id: TransferID, passed: Bool, by reviewer: Reviewer, limits: [UInt16: Int64],
        key: IdempotencyKey?
    ) async throws(WalletError) -> Release {
        if passed, let waiting = try await awaitingSecond(id, "challenge passed", reviewer, limits)
        {
            return .awaitsSecond(waiting)
        }
        return .done(try await challenge(id, passed: passed, actor: reviewer.actor, key: key))
    }

    /// Who lets something go through by hand.
    public struct Reviewer: Sendable {
        /// As what they are recorded.
        public var actor: String
        /// Who stands behind them: the actor, or for a program whoever registered it. Two of one principal count as one.
        public var principal: String

        /// Somebody, and who stands behind them.
        public init(_ actor: String, principal: String) {
            self.actor = actor
            self.principal = principal
        }
    }

    /// The transfer as it waits, if it is more than one may let through and nobody else has asked for it; nil if it may go
    /// through. That this one asked for it is written down.
    private func awaitingSecond(
        _ id: TransferID, _ note: String, _ reviewer: Reviewer, _ limits: [UInt16: Int64]
    ) async throws(WalletError) -> TransferAnswer? {
        if limits.isEmpty { return nil }
        let found = try await transfer(id)
        let transfer = found.transfer
        guard let limit = limits[transfer.currency], transfer.amount > limit,
            // One that is not decided yet may be held by the time that it is asked for.
            [.reserved, .held, .challenged].contains(transfer.state)
        else { return nil }
        // Written before the others are looked for: of two who come at the same time one at least sees the other.
        let others = try await reading { () throws(PostgreSQLError) in
            try await self.queries.transaction { connection throws(PostgreSQLError) in
                var parameters = Parameters()
                parameters.add(uuidHigh: id.high, low: id.low)
                parameters.add(reviewer.principal)
                var asked = parameters
                asked.add(reviewer.actor)
                asked.add(note)
                _ = try connection.query(Self.ask, asked)
                return try connection.query(Self.others, parameters).count
            }
        }
        return others > 0 ? nil : found
    }
}
