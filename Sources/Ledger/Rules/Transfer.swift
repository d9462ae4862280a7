public import EventLog

/// One movement that a transfer makes when it is posted.
public struct Movement: Sendable, Equatable {
    public var role: LegRole
    public var from: AccountID
    public var to: AccountID
    public var amount: Int64

    public init(role: LegRole = .principal, from: AccountID, to: AccountID, amount: Int64) {
        self.role = role
        self.from = from
        self.to = to
        self.amount = amount
    }
}

/// A transfer as the ledger keeps it.
public struct Transfer: Sendable, Equatable {
    public var id: TransferID
    public var kind: TransferKind
    public var state: TransferState
    public var currency: UInt16
    /// The principal leg.
    public var payer: AccountID
    public var payee: AccountID
    public var amount: Int64
    /// Authorizations: what was captured so far. Other posted transfers: the amount.
    public var captured: Int64
    public var refunded: Int64
    /// What a refund refunds; `none` otherwise.
    public var related: TransferID
    /// Legs after the principal's.
    public var extraLegs: [Movement]
    public var createdAt: Timestamp
    public var createdSequence: Sequence
    /// When the fail policy takes over; `none` for one-step transfers.
    public var decideBy: Timestamp
    /// When the present state ends by itself; `none` if never.
    public var expiresAt: Timestamp
    /// Held by the fail policy, and nobody has reviewed it: a late decision may still move it.
    public var heldByPolicy: Bool
    /// The first answer: state, decision and event with which the transfer first left `reserved`.
    public var firstState: TransferState
    public var firstAction: DecisionAction?
    public var firstSequence: Sequence
    /// The newest decision, its score's bits and the event that recorded it.
    public var action: DecisionAction?
    public var scoreBits: UInt64
    public var decisionSequence: Sequence
    /// The newest event of this transfer.
    public var lastSequence: Sequence

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
        lastSequence: Sequence
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
    }

    /// What is still locked.
    public var locked: Int64 {
        switch state {
        case .reserved, .authorized, .held, .challenged: amount - captured
        case .none, .posted, .voided: 0
        }
    }

    /// All legs, the principal first.
    public var movements: [Movement] {
        [Movement(from: payer, to: payee, amount: amount)] + extraLegs
    }
}
