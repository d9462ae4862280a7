public import EventLog

/// One movement that a transfer makes when it is posted.
public struct Movement: Sendable, Equatable {
    /// What the movement is for.
    public var role: LegRole
    /// The account that pays.
    public var from: AccountID
    /// The account that is paid.
    public var to: AccountID
    /// What moves, in minor units; greater than zero.
    public var amount: Int64

    /// A movement between two accounts of one currency; the rules check it when the transfer is opened.
    public init(role: LegRole = .principal, from: AccountID, to: AccountID, amount: Int64) {
        self.role = role
        self.from = from
        self.to = to
        self.amount = amount
    }
}

/// A transfer as the ledger keeps it.
public struct Transfer: Sendable, Equatable {
    /// Shown outside: a UUID version 7.
    public var id: TransferID
    /// What it is for; it decides whether the engine is asked, and whether it is captured.
    public var kind: TransferKind
    /// Where it stands.
    public var state: TransferState
    /// Number of the principal leg's currency, see ``Currency``.
    public var currency: UInt16
    /// The principal leg.
    public var payer: AccountID
    /// The principal leg's payee.
    public var payee: AccountID
    /// The principal leg's amount in minor units; greater than zero.
    public var amount: Int64
    /// Authorizations: what was captured so far. Other posted transfers: the amount.
    public var captured: Int64
    /// What later refunds gave back, in minor units: never more than was captured.
    public var refunded: Int64
    /// What a refund refunds; `none` otherwise.
    public var related: TransferID
    /// Legs after the principal's.
    public var extraLegs: [Movement]
    /// What it counts towards the spender's limits; nil if nothing.
    public var spending: Spending?
    /// When it was opened, by the database's clock.
    public var createdAt: Timestamp
    /// The event that opened it: the reserve event, to which decisions belong, or that of a one-step posting.
    public var createdSequence: Sequence
    /// When the fail policy takes over; `none` for one-step transfers.
    public var decideBy: Timestamp
    /// When the present state ends by itself; `none` if never.
    public var expiresAt: Timestamp
    /// Held by the fail policy, and nobody has reviewed it: a late decision may still move it.
    public var heldByPolicy: Bool
    /// The first answer: state, decision and event with which the transfer first left `reserved`.
    public var firstState: TransferState
    /// The first answer's decision; nil if nothing had to be decided.
    public var firstAction: DecisionAction?
    /// The first answer's event; zero while undecided.
    public var firstSequence: Sequence
    /// The newest decision, its score's bits and the event that recorded it.
    public var action: DecisionAction?
    /// Bits of that decision's calibrated probability of fraud (IEEE 754 binary64); 0 if no engine decided.
    public var scoreBits: UInt64
    /// The event that recorded that decision; zero if there is none.
    public var decisionSequence: Sequence
    /// The newest event of this transfer.
    public var lastSequence: Sequence

    /// A transfer with all that is kept of it, as a row or an answer has it; nothing is checked.
    public init(
        id: TransferID,
        kind: TransferKind,
        state: TransferState,
        currency: UInt16,
        payer: AccountID,
        payee: AccountID,
        amount: Int64,
        captured: Int64,
        refunded: Int64,
        related: TransferID,
        extraLegs: [Movement],
        createdAt: Timestamp,
        createdSequence: Sequence,
        decideBy: Timestamp,
        expiresAt: Timestamp,
        heldByPolicy: Bool,
        firstState: TransferState,
        firstAction: DecisionAction?,
        firstSequence: Sequence,
        action: DecisionAction?,
        scoreBits: UInt64,
        decisionSequence: Sequence,
        lastSequence: Sequence,
        spending: Spending? = nil
    ) {
        self.id = id
        self.kind = kind
        self.state = state
        self.currency = currency
        self.payer = payer
        self.payee = payee
        self.amount = amount
        self.captured = captured
        self.refunded = refunded
        self.related = related
        self.extraLegs = extraLegs
        self.createdAt = createdAt
        self.createdSequence = createdSequence
        self.decideBy = decideBy
        self.expiresAt = expiresAt
        self.heldByPolicy = heldByPolicy
        self.firstState = firstState
        self.firstAction = firstAction
        self.firstSequence = firstSequence
        self.action = action
        self.scoreBits = scoreBits
        self.decisionSequence = decisionSequence
        self.lastSequence = lastSequence
        self.spending = spending
    }

    /// The event since which it has been in the state it waits in: captures and late decisions after it do not count.
    public var waitsSince: Sequence { firstState == state ? firstSequence : lastSequence }

    /// What is still locked.
    public var locked: Int64 {
        switch state {
        case .reserved, .authorized, .held, .challenged: amount - captured
        case .none, .posted, .voided: 0
        }
    }

    /// What of a further leg has moved: the same part of it as of the principal, rounded down.
    public func moved(of leg: Movement) -> Int64 {
        // At most the leg's amount, for no more is captured than the transfer's.
        Int64(Int128(leg.amount) * Int128(captured) / Int128(max(amount, 1)))
    }

    /// What of a further leg has not moved, and is locked while the transfer is under way.
    public func locked(of leg: Movement) -> Int64 {
        isOutOfReceipt(leg) ? 0 : leg.amount - moved(of: leg)
    }

    /// What a further leg gives back of what is locked of it, when `after` is what becomes of this transfer.
    public func unlocked(of leg: Movement, after: Transfer, ends: Bool) -> Int64 {
        if ends { return locked(of: leg) }
        return isOutOfReceipt(leg) ? 0 : after.moved(of: leg) - moved(of: leg)
    }

    /// Whether a further leg is paid out of what the principal brings: the payee's fee. It is never locked, for until the
    /// principal has moved there may be nothing to lock.
    public func isOutOfReceipt(_ leg: Movement) -> Bool { leg.role == .fee && leg.from == payee }

    /// All legs, the principal first.
    public var movements: [Movement] {
        [Movement(from: payer, to: payee, amount: amount)] + extraLegs
    }
}
