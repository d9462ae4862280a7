internal import EventLog

/// What a ledger does when nobody decides, and how long states last. Recorded in events as deadlines, so that a
/// later change never moves what was promised.
public struct LedgerPolicy: Sendable {
    /// What happens to a transfer that the engine did not decide in time.
    public enum OnFailure: Sendable {
        /// Held for review: the default.
        case hold
        /// Amounts up to `maximum` (minor units by currency number) go through, at most `hourlySum` of them a payer
        /// reserved in any 3,600 s; everything else is held, and so is what was reserved longer ago.
        case postSmall(maximum: [UInt16: Int64], hourlySum: [UInt16: Int64])
    }

    /// What becomes of transfers that no engine decided.
    public var onFailure: OnFailure
    /// An approved authorization gives back what was not captured after this long.
    public var authorizationSeconds: Int64
    /// A held transfer is voided after this long.
    public var holdSeconds: Int64
    /// A challenge fails after this long.
    public var challengeSeconds: Int64
    /// With this many undecided transfers, further ones go to the fail policy at once.
    public var undecidedLimit: Int64

    /// A policy; what is not given is the default: holds on failure, 7 d, 24 h, 5 min, 20,000 undecided.
    public init(
        onFailure: OnFailure = .hold, authorizationSeconds: Int64 = 7 * 86_400,
        holdSeconds: Int64 = 86_400,
        challengeSeconds: Int64 = 300, undecidedLimit: Int64 = 20_000
    ) {
        self.onFailure = onFailure
        self.authorizationSeconds = authorizationSeconds
        self.holdSeconds = holdSeconds
        self.challengeSeconds = challengeSeconds
        self.undecidedLimit = undecidedLimit
    }
}
