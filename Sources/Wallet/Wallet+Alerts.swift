public import EventLog
public import Ledger
internal import PostgreSQL

/// An alert as it is shown: with public identifiers.
public struct AlertAnswer: Sendable {
    /// The event, with its decision.
    public var view: AlertView
    /// The payer of the event's transfer.
    public var payer: PublicAccountID
    /// The payee of the event's transfer.
    public var payee: PublicAccountID
}

extension Wallet {
    /// Alerts after an event, the oldest first.
    public func alerts(
        after: Sequence, limit: Int
    ) async throws(WalletError) -> [AlertAnswer] {
        let views = try await reading { () throws(PostgreSQLError) in
            try await self.queries.alerts(after: after, limit: limit)
        }
        return try await answers(views)
    }

    /// Alerts before an event, or the newest; the newest first.
    public func alerts(
        before: Sequence?, limit: Int
    ) async throws(WalletError) -> [AlertAnswer] {
        let views = try await reading { () throws(PostgreSQLError) in
            try await self.queries.alerts(before: before, limit: limit)
        }
        return try await answers(views)
    }

    /// The newest event's place.
    public func head() async throws(WalletError) -> Sequence {
        try await reading { () throws(PostgreSQLError) in try await self.queries.head().sequence }
    }

    private func answers(_ views: [AlertView]) async throws(WalletError) -> [AlertAnswer] {
        let ids = try await publicIDs(Set(views.flatMap { [$0.event.payer, $0.event.payee] }))
        return try views.map { view throws(WalletError) in
            // An alert left out would be one that nobody sees.
            guard let payer = ids[view.event.payer], let payee = ids[view.event.payee] else {
                throw .outOfReach
            }
            return AlertAnswer(view: view, payer: payer, payee: payee)
        }
    }
}
