public import PostgreSQL

/// Why a command has no effect, or why it is not known yet.
public enum LedgerError: Error, Sendable, Equatable {
    /// A rule said no; nothing was written.
    case refused(Refusal)
    /// The queue is full; nothing was written. Try again after this many seconds.
    case busy(retryAfterSeconds: Int)
    /// The database could not be reached or failed. With an idempotency key it is safe to ask again.
    case unavailable(PostgreSQLError)
    /// The ledger is being stopped; nothing was written.
    case stopped
    /// What the database holds is not what this build understands.
    case corrupt(String)
}
