public import EventLog

/// What has become of a quote: `open → used | expired`. Both ends are final, so that a quote is
/// used at most once.
///
/// A pure machine: it changes only itself. Who keeps it stores the new state in the transaction
/// that acts on the result.
public enum QuoteState: Hashable, Sendable {
    /// Good until a moment, which is not part of it.
    case open(until: Timestamp)
    /// Used up by a transfer.
    case used(by: TransferID, at: Timestamp)
    /// Not used in time.
    case expired(at: Timestamp)

    /// What became of an attempt to use a quote.
    public enum Use: Hashable, Sendable {
        /// The quote is this transfer's, from now on.
        case accepted
        /// It was this transfer's already, since a moment: nothing changed, and nothing is to be
        /// posted again.
        case repeated(since: Timestamp)
        /// It is another transfer's.
        case alreadyUsed(by: TransferID)
        /// It was good until a moment.
        case expired(at: Timestamp)
    }

    /// What became of an attempt to end a quote.
    public enum Expiry: Hashable, Sendable {
        /// It is expired now.
        case expired
        /// It was expired before.
        case repeated
        /// It is good until a later moment.
        case notDue(until: Timestamp)
        /// It was used in time.
        case alreadyUsed(by: TransferID)
    }

    /// Uses the quote for a transfer. An open quote whose time is over becomes expired by it.
    public mutating func use(by transfer: TransferID, at now: Timestamp) -> Use {
        switch self {
        case .open(let until) where now < until:
            self = .used(by: transfer, at: now)
            return .accepted
        case .open(let until):
            self = .expired(at: until)
            return .expired(at: until)
        case .used(transfer, let moment): return .repeated(since: moment)
        case .used(let other, _): return .alreadyUsed(by: other)
        case .expired(let moment): return .expired(at: moment)
        }
    }

    /// Ends the quote if its time is over.
    public mutating func expire(at now: Timestamp) -> Expiry {
        switch self {
        case .open(let until) where now < until: return .notDue(until: until)
        case .open(let until):
            self = .expired(at: until)
            return .expired
        case .used(let transfer, _): return .alreadyUsed(by: transfer)
        case .expired: return .repeated
        }
    }
}
