public import EventLog

/// Which request a command came with, so that it is carried out once.
public struct IdempotencyKey: Hashable, Sendable {
    /// First 128 bits of SHA-256 over credential and key, each after its length in 8 bytes, little-endian.
    public var key: TransferID
    /// First 128 bits of SHA-256 over method, path and raw body, each after its length likewise.
    public var request: TransferID

    /// The two digests of a request.
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
    /// Opens an account.
    case openAccount(OpenAccount)
    /// Freezes or unfreezes a customer's account; nil leaves a side as it is.
    case freeze(AccountID, debits: Bool?, credits: Bool?)
    /// Sets a customer's overdraft, in minor units, and caps; refused if the account uses more already.
    case limit(AccountID, overdraft: Int64, caps: Caps)
    /// Destroys the keys of the risk contexts of an account's payments; only of one whose debits are frozen.
    case eraseContext(AccountID)
    /// From here on the engine's state is, by definition, that of a replay of the log without what was erased before.
    case rebase
    /// Opens a transfer: locks its funds, or posts it in one step.
    case transfer(OpenTransfer)
    /// Applies what the engine decided, at most once.
    case decide(EngineDecision)
    /// The fail policy, because the decision did not come by `decideBy`.
    case decideByPolicy(TransferID)
    /// Moves part or, if the amount is nil, all that is left of an authorization; `final` gives back the rest.
    case capture(TransferID, amount: Int64?, final: Bool)
    /// Gives back what is locked of an authorization that waits: authorized, held or challenged.
    case void(TransferID)
    /// Moves part or, if the amount is nil, all that is left of a posted transfer back.
    case refund(TransferID, amount: Int64?, newID: TransferID)
    /// Says whether the payer passed: then the money moves, else it is given back. Who said so is kept beside the log.
    case challenge(TransferID, passed: Bool, actor: String)
    /// Releases or declines a held or challenged transfer; the note, and whose it is, stay outside the log.
    case review(TransferID, release: Bool, note: String, actor: String)
    /// Records what became known of a transfer; nothing moves.
    case label(TransferID, LabelVerdict, actor: String)
    /// Does what a state's end says, once it is due by the database's clock.
    case expire(TransferID)
    /// From now on engines decide with this policy. Why, and who wants it, stay outside the log.
    case activatePolicy(PolicyDetail, note: String, actor: String)
    /// Puts somebody or something on a list, or takes it off. Why, and who wants it, stay outside the log.
    case changeList(ListEntry, note: String, actor: String)
    /// Begins a new epoch: from now on only this engine's decisions count.
    case activateEngine(EngineDetail)

    /// An account to open. Opening a house account that there is already is answered with that account.
    public struct OpenAccount: Sendable {
        /// The identifier it is shown under.
        public var publicID: PublicAccountID
        /// Whose it is, as the client names them: opaque, and never in an event.
        public var owner: String
        /// Keyed token of the owner, which is what events carry.
        public var ownerToken: Token
        /// A customer's account, or which one of the house.
        public var kind: AccountKind
        /// Number of the currency, see ``Currency``.
        public var currency: UInt16
        /// How far below zero the available balance may go, in minor units; not negative.
        public var overdraft: Int64
        /// Bounds on what may be debited.
        public var caps: Caps

        /// An account to open: a customer's, without overdraft or caps, but for what is given.
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

    /// A transfer to open. All its legs are locked, or posted, together or not at all.
    public struct OpenTransfer: Sendable {
        /// The identifier it is shown under, made by the caller.
        public var id: TransferID
        /// What it is for.
        public var kind: TransferKind
        /// Number of the principal's currency, see ``Currency``; that of both its accounts.
        public var currency: UInt16
        /// The account that the principal leaves.
        public var payer: AccountID
        /// The account that the principal comes to.
        public var payee: AccountID
        /// The principal in minor units; greater than zero.
        public var amount: Int64
        /// Further legs, such as fees; 15 at most.
        public var extraLegs: [Movement]
        /// Whether and how it is decided.
        public var mode: DecisionMode
        /// What risk should know of it; kept beside the log, and only if the transfer is decided.
        public var context: RiskContext
        /// What it counts towards, and the limits that are looked at; nil for none.
        public var spending: SpendingCheck?
        /// The first moment, by the database's clock, at which it is refused; `none` for never.
        public var validUntil: Timestamp
        /// The identifier is not new but stands for something that must happen once, such as the use of a quote: then
        /// it is looked for among all there are, and a second transfer is refused as a duplicate.
        public var happensOnce: Bool

        /// A transfer of one leg and without a context, but for what is given.
        public init(
            id: TransferID, kind: TransferKind, currency: UInt16, payer: AccountID,
            payee: AccountID,
            amount: Int64, extraLegs: [Movement] = [], mode: DecisionMode,
            context: RiskContext = .empty, spending: SpendingCheck? = nil,
            validUntil: Timestamp = .none, happensOnce: Bool = false
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
            self.spending = spending
            self.validUntil = validUntil
            self.happensOnce = happensOnce
        }
    }

    /// A decision as it came from an engine. It counts only in that engine's epoch and under the present lease.
    public struct EngineDecision: Sendable {
        /// What is decided about.
        public var transfer: TransferID
        /// The decision; its sequence must be that of the transfer's reserve event.
        public var decision: Decision
        /// Reasons, rules and the feature vector; nil for a plain approval.
        public var detail: DecisionDetail?
        /// Fence: the token of the publisher's lease under which the decision was received.
        public var leaseToken: Int64

        /// A decision that was received under a lease.
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
    /// The account after the command; the identifier only where it was opened. A house account that was there already
    /// is a replay, too.
    case account(Account, publicID: PublicAccountID?, isReplay: Bool)
    /// The event that the command appended.
    case recorded(Sequence)
    /// The epoch that began, and its event.
    case activated(epoch: UInt32, Sequence)
}
