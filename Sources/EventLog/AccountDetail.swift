/// What an account is for. Raw values are the wire's and the database's.
public enum AccountKind: UInt8, Sendable, CaseIterable {
    case wallet = 1
    /// House accounts: of the service itself, allowed to go below zero.
    case fees = 2
    case exchange = 3
    case suspense = 4
    case funding = 5

    /// Whether the account is the service's own and not a customer's.
    public var isHouse: Bool { self != .wallet }
}

/// Upper bounds on an account's debits, counted when funds are locked; nil means none.
public struct Caps: Sendable, Equatable {
    /// Debits in any 3,600 s.
    public var hourCount: Int64?
    /// Minor units in any 3,600 s.
    public var hourSum: Int64?
    /// Debits since midnight UTC.
    public var dayCount: Int64?
    /// Minor units since midnight UTC.
    public var daySum: Int64?

    /// Caps that are not given are none.
    public init(
        hourCount: Int64? = nil, hourSum: Int64? = nil, dayCount: Int64? = nil, daySum: Int64? = nil
    ) {
        self.hourCount = hourCount
        self.hourSum = hourSum
        self.dayCount = dayCount
        self.daySum = daySum
    }

    /// No cap at all.
    public static let none = Caps()
    /// Whether nothing is capped.
    public var isNone: Bool { self == .none }
}

/// State of an account after an event that opened, froze or limited it.
public struct AccountDetail: Sendable, Equatable {
    /// Whose account it is, and for what.
    public var kind: AccountKind
    /// Keyed token of the opaque owner; `none` for house accounts.
    public var owner: Token
    /// Whether nothing may leave the account, captures and releases included.
    public var debitsFrozen: Bool
    /// Whether nothing may come in.
    public var creditsFrozen: Bool
    /// How far below zero `available` may go, in minor units.
    public var overdraft: Int64
    /// How much may leave in a rolling hour and in a UTC day.
    public var caps: Caps

    /// A customer's account without freezes, overdraft or caps, but for what is given.
    public init(
        kind: AccountKind = .wallet, owner: Token = .none, debitsFrozen: Bool = false,
        creditsFrozen: Bool = false,
        overdraft: Int64 = 0, caps: Caps = .none
    ) {
        self.kind = kind
        self.owner = owner
        self.debitsFrozen = debitsFrozen
        self.creditsFrozen = creditsFrozen
        self.overdraft = overdraft
        self.caps = caps
    }
}

/// An engine that begins to decide; decisions of other epochs are refused from then on.
public struct EngineDetail: Sendable, Equatable {
    /// Number of the epoch that begins, from 1; 0 in a hello of an engine that has none yet.
    public var epoch: UInt32
    /// Version of the executable's scoring code.
    public var build: String
    /// SHA-256 of the feature catalogue: 32 bytes.
    public var catalogueHash: [UInt8]
    /// SHA-256 of the model's file: 32 bytes.
    public var modelHash: [UInt8]
    /// SHA-256 of the rule set: 32 bytes, or none without one.
    public var rulesHash: [UInt8]
    /// BLAS, its core, libm and the processor's features: what the low bits of a score depend on.
    public var fingerprint: String

    /// An engine as it says of itself.
    public init(
        epoch: UInt32, build: String, catalogueHash: [UInt8], modelHash: [UInt8],
        rulesHash: [UInt8], fingerprint: String
    ) {
        self.epoch = epoch
        self.build = build
        self.catalogueHash = catalogueHash
        self.modelHash = modelHash
        self.rulesHash = rulesHash
        self.fingerprint = fingerprint
    }
}

/// What became known of a transfer. Raw values are the wire's.
public enum LabelVerdict: UInt8, Sendable, CaseIterable {
    case fraud = 1
    case cleared = 2
}

/// What a labelled event says, and of which reserve: so that whoever follows the log finds the attempt without an index
/// of transfers.
public struct TransferLabel: Sendable, Equatable {
    /// What became known.
    public var verdict: LabelVerdict
    /// The reserve event of the transfer; `zero` in logs that do not say it yet.
    public var reserve: Sequence

    /// A verdict about the transfer that was reserved at `reserve`.
    public init(_ verdict: LabelVerdict, of reserve: Sequence) {
        self.verdict = verdict
        self.reserve = reserve
    }
}
