public import EventLog

/// Identifier of an account, shown outside: a UUID version 7.
public struct PublicAccountID: Hashable, Sendable, CustomStringConvertible {
    /// The 128 bits.
    public var uuid: TransferID
    /// The identifier of 128 bits, whatever their version.
    public init(uuid: TransferID) { self.uuid = uuid }
    /// Reads the canonical text of RFC 9562, in either case; nil for anything else.
    public init?(_ text: String) {
        guard let uuid = TransferID(text) else { return nil }
        self.uuid = uuid
    }
    /// The canonical text of RFC 9562, in lower case.
    public var description: String { uuid.description }
}

/// An account as the ledger's rules see it: its balance in minor units and what limits it.
public struct Account: Sendable, Equatable {
    /// Its internal number.
    public var id: AccountID
    /// Whose account it is, and for what.
    public var kind: AccountKind
    /// Number of the currency, see ``Currency``.
    public var currency: UInt16
    /// What was moved in minus what was moved out.
    public var posted: Int64
    /// What is locked for debits that have not been posted.
    public var reserved: Int64
    /// How far below zero ``available`` may go.
    public var overdraft: Int64
    /// Whether nothing may leave the account, captures and releases included.
    public var debitsFrozen: Bool
    /// Whether nothing may come in.
    public var creditsFrozen: Bool
    /// How much may leave in a rolling hour and in a UTC day. A commit reads them only where a rule needs them.
    public var caps: Caps
    /// Keyed token of the opaque owner; `none` for house accounts.
    public var owner: Token
    /// Debits that ever counted towards caps, and their sum; they only grow.
    public var debitCount: Int64
    /// Sum of those debits, in minor units.
    public var debitSum: Int64

    /// An empty account without freezes, overdraft or caps, but for what is given. Amounts are in minor units.
    public init(
        id: AccountID, kind: AccountKind = .wallet, currency: UInt16, posted: Int64 = 0,
        reserved: Int64 = 0, overdraft: Int64 = 0, debitsFrozen: Bool = false,
        creditsFrozen: Bool = false, caps: Caps = .none, owner: Token = .none,
        debitCount: Int64 = 0,
        debitSum: Int64 = 0
    ) {
        self.id = id
        self.kind = kind
        self.currency = currency
        self.posted = posted
        self.reserved = reserved
        self.overdraft = overdraft
        self.debitsFrozen = debitsFrozen
        self.creditsFrozen = creditsFrozen
        self.caps = caps
        self.owner = owner
        self.debitCount = debitCount
        self.debitSum = debitSum
    }

    /// What can be spent without the overdraft: posted − reserved.
    public var available: Int64 {
        // Never traps: reserved is at least 0, and the database refuses what would overflow.
        posted.subtractingReportingOverflow(reserved).partialValue
    }

    /// Whether `amount` more can be locked. House accounts have no limit.
    func covers(_ amount: Int64) -> Bool {
        if kind.isHouse { return true }
        return Int128(posted) - Int128(reserved) + Int128(overdraft) >= Int128(amount)
    }

    var detail: AccountDetail {
        AccountDetail(
            kind: kind, owner: owner, debitsFrozen: debitsFrozen, creditsFrozen: creditsFrozen,
            overdraft: overdraft, caps: caps)
    }
}
