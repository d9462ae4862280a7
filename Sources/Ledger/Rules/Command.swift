public import EventLog

/// Which request a command came with, so that it is carried out once.
public struct IdempotencyKey: Hashable, Sendable {
    /// First 128 bits of SHA-256(credential ‖ 0 ‖ key).
    public var key: TransferID
    /// First 128 bits of SHA-256(method ‖ 0 ‖ path ‖ 0 ‖ raw body).
    public var request: TransferID

    public init(key: TransferID, request: TransferID) {
        self.key = key
        self.request = request
    }
}

/// How a transfer is decided.
public enum DecisionMode: Sendable, Equatable {
    /// Posted at once: funding, refunds and movements of the house.
    case immediate
    /// Funds are locked and the risk engine is asked; it has this long.
    case askEngine(withinMilliseconds: Int64)
    /// Funds are locked and the fail policy applies at once, for this cause.
    case failAtOnce(EventCause, withinMilliseconds: Int64)
}

/// What the ledger can be asked to do.
public enum Command: Sendable {
    case openAccount(OpenAccount)
    case freeze(AccountID, debits: Bool?, credits: Bool?)
    case limit(AccountID, overdraft: Int64, caps: Caps)
    case transfer(OpenTransfer)
    case decide(EngineDecision)
    /// The fail policy, because the decision did not come by `decideBy`.
    case decideByPolicy(TransferID)
    /// Moves part or, if the amount is nil, all that is left of an authorization; `final` gives back the rest.
    case capture(TransferID, amount: Int64?, final: Bool)
    case void(TransferID)
    /// Moves part or, if the amount is nil, all that is left of a posted transfer back.
    case refund(TransferID, amount: Int64?, newID: TransferID)
    // What a person does is kept with who it was, beside the log.
    case challenge(TransferID, passed: Bool, actor: String)
    case review(TransferID, release: Bool, note: String, actor: String)
    case label(TransferID, LabelVerdict, actor: String)
    case expire(TransferID)
    case activateEngine(EngineDetail)

    public struct OpenAccount: Sendable {
        public var publicID: PublicAccountID
        public var owner: String
        public var ownerToken: Token
        public var kind: AccountKind
        public var currency: UInt16
        public var overdraft: Int64
        public var caps: Caps

        public init(
            publicID: PublicAccountID, owner: String, ownerToken: Token,
            kind: AccountKind = .wallet,
            currency: UInt16, overdraft: Int64 = 0, caps: Caps = .none
        ) {
            self.publicID = publicID
            self.owner = owner
            self.ownerToken = ownerToken
            self.kind = kind
            self.currency = currency
            self.overdraft = overdraft
            self.caps = caps
        }
    }

    public struct OpenTransfer: Sendable {
        public var id: TransferID
        public var kind: TransferKind
        public var currency: UInt16
        public var payer: AccountID
        public var payee: AccountID
        public var amount: Int64
        public var extraLegs: [Movement]
        public var mode: DecisionMode
        public var context: RiskContext

        public init(
            id: TransferID, kind: TransferKind, currency: UInt16, payer: AccountID,
            payee: AccountID,
            amount: Int64, extraLegs: [Movement] = [], mode: DecisionMode,
            context: RiskContext = .empty
        ) {
            self.id = id
            self.kind = kind
            self.currency = currency
            self.payer = payer
            self.payee = payee
            self.amount = amount
            self.extraLegs = extraLegs
            self.mode = mode
            self.context = context
        }
    }

    public struct EngineDecision: Sendable {
        public var transfer: TransferID
        public var decision: Decision
        public var detail: DecisionDetail?
        /// Fence: the token of the publisher's lease under which the decision was received.
        public var leaseToken: Int64

        public init(
            transfer: TransferID, decision: Decision, detail: DecisionDetail?, leaseToken: Int64
        ) {
            self.transfer = transfer
            self.decision = decision
            self.detail = detail
            self.leaseToken = leaseToken
        }
    }
}

/// What became of a command that was not refused.
public enum Effect: Sendable, Equatable {
    /// The transfer after the command; for a repeated key, as it was answered first.
    case transfer(Transfer, isReplay: Bool)
    case account(Account, publicID: PublicAccountID?, isReplay: Bool)
    case recorded(Sequence)
    case activated(epoch: UInt32, Sequence)
}
