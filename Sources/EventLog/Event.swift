/// What happened. Raw values are the wire's and never change their meaning.
public enum EventKind: UInt8, Sendable, CaseIterable {
    case accountOpened = 1
    case accountFrozen = 2
    case accountLimited = 3
    /// What risk knew of an account's payments, beside the log, was destroyed.
    case erased = 4
    /// Funds are locked; the risk engine is asked.
    case reserved = 10
    /// Money moved.
    case posted = 11
    /// An authorization was approved: funds stay locked until captured.
    case authorized = 12
    /// Funds stay locked until somebody decides.
    case held = 13
    /// Funds stay locked until the payer passes a challenge.
    case challenged = 14
    /// The rest of the locked funds was given back: nothing (more) will move.
    case voided = 15
    /// Part or all of an authorization moved; the state tells whether a rest stays locked.
    case captured = 16
    /// A decision that changed no state, because another came first.
    case decided = 17
    case labelled = 20
    case engineActivated = 30
    /// From here on engines decide with another model or other rules.
    case policyActivated = 31
    /// Somebody or something was put on a list, or taken off it.
    case listChanged = 32
    /// From here on the engine's state is that of a replay of the log without what was erased before.
    case rebased = 33
}

/// Why it happened. Raw values are the wire's.
public enum EventCause: UInt8, Sendable, CaseIterable {
    /// Asked for by a client or an operator.
    case request = 1
    /// The engine's decision, in time.
    case decision = 2
    /// The fail policy: no engine has been heard of for 3 s.
    case engineAbsent = 3
    /// The fail policy: too many transfers are undecided.
    case engineOverloaded = 4
    /// The fail policy: no decision by `decideBy`.
    case decisionLate = 5
    /// The engine's decision, after the fail policy's.
    case lateDecision = 6
    case review = 7
    case challengePassed = 8
    case challengeFailed = 9
    case expiry = 10
}

/// What a transfer is for. Only `payment` and `authorization` are asked about. Raw values are the wire's.
public enum TransferKind: UInt8, Sendable, CaseIterable {
    case none = 0
    case payment = 1
    case authorization = 2
    case refund = 3
    case funding = 4
    case fee = 5
    case exchange = 6
    /// Between accounts of one owner, or to somebody of what was kept for them: no payment, and nobody's risk.
    case book = 7
}

/// Where a transfer stands. Raw values are the wire's and the database's.
public enum TransferState: UInt8, Sendable, CaseIterable {
    case none = 0
    /// Funds locked, not decided.
    case reserved = 1
    /// Approved authorization: funds locked until captured, voided or expired.
    case authorized = 2
    /// Funds locked until reviewed.
    case held = 3
    /// Funds locked until a challenge is passed.
    case challenged = 4
    case posted = 5
    case voided = 6

    /// Whether nothing more will happen to the transfer by itself.
    public var isFinal: Bool { self == .posted || self == .voided }

    /// Whether the transfer was decided and waits for somebody to go on with it.
    public var waits: Bool { self == .authorized || self == .held || self == .challenged }
}

/// What an expiry does. Raw values are the wire's.
public enum ExpiryAction: UInt8, Sendable, CaseIterable {
    case none = 0
    /// Gives back what is locked.
    case void = 1
    /// Applies the fail policy: nobody decided in time.
    case failPolicy = 2
}

/// The part of an event that has a fixed size: enough for every feature, and free of heap storage.
public struct Event: Sendable, Equatable {
    /// The event's place in the log.
    public var sequence: Sequence
    /// When the event was committed, by the database's clock; it never goes back from one event to the next.
    public var recordedAt: Timestamp
    /// What happened.
    public var kind: EventKind
    /// Why, or through whom, it happened.
    public var cause: EventCause
    /// What kind of transfer it is; of no meaning for events of accounts and engines.
    public var transferKind: TransferKind
    /// The transfer's state after this event.
    public var state: TransferState
    /// `none` for events of accounts and engines.
    public var transfer: TransferID
    /// The principal's payer; for account events, the account.
    public var payer: AccountID
    /// The principal's payee; none for account events.
    public var payee: AccountID
    /// Minor units of `currency` that this event locked, moved or gave back in its first leg.
    public var amount: Int64
    /// Number of the currency, see ``Currency``.
    public var currency: UInt16
    /// Reserve events: when the fail policy takes over.
    public var decideBy: Timestamp
    /// When the state after this event ends by itself; `none` if never.
    public var expiresAt: Timestamp
    /// What happens at `expiresAt`.
    public var onExpiry: ExpiryAction

    /// An event; what is not given is none. Amounts are in minor units of `currency`.
    public init(
        sequence: Sequence = .zero, recordedAt: Timestamp = .none, kind: EventKind,
        cause: EventCause = .request,
        transferKind: TransferKind = .none, state: TransferState = .none,
        transfer: TransferID = .none,
        payer: AccountID = .none, payee: AccountID = .none, amount: Int64 = 0, currency: UInt16 = 0,
        decideBy: Timestamp = .none, expiresAt: Timestamp = .none, onExpiry: ExpiryAction = .none
    ) {
        self.sequence = sequence
        self.recordedAt = recordedAt
        self.kind = kind
        self.cause = cause
        self.transferKind = transferKind
        self.state = state
        self.transfer = transfer
        self.payer = payer
        self.payee = payee
        self.amount = amount
        self.currency = currency
        self.decideBy = decideBy
        self.expiresAt = expiresAt
        self.onExpiry = onExpiry
    }
}

/// What a leg is for. Raw values are the wire's.
public enum LegRole: UInt8, Sendable, CaseIterable {
    case principal = 1
    case fee = 2
    case exchange = 3
}

/// One movement of a transfer from an account to another of the same currency, with both accounts' balances
/// in minor units after the event.
public struct Leg: Sendable, Equatable {
    /// What the movement is for.
    public var role: LegRole
    /// The account that pays.
    public var from: AccountID
    /// The account that is paid.
    public var to: AccountID
    /// What moves, in minor units; never negative.
    public var amount: Int64
    /// Posted balance of `from` after the event.
    public var fromPosted: Int64
    /// Reserved balance of `from` after the event.
    public var fromReserved: Int64
    /// Posted balance of `to` after the event.
    public var toPosted: Int64
    /// Reserved balance of `to` after the event.
    public var toReserved: Int64

    /// A movement with the balances after it.
    public init(
        role: LegRole = .principal, from: AccountID, to: AccountID, amount: Int64,
        fromPosted: Int64 = 0, fromReserved: Int64 = 0, toPosted: Int64 = 0, toReserved: Int64 = 0
    ) {
        self.role = role
        self.from = from
        self.to = to
        self.amount = amount
        self.fromPosted = fromPosted
        self.fromReserved = fromReserved
        self.toPosted = toPosted
        self.toReserved = toReserved
    }

    /// What the payer could spend after the event, without its limit: posted − reserved.
    @inlinable public var fromAvailable: Int64 { fromPosted - fromReserved }
}
