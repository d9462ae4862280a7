/// How much state there may be, and when a label is late. Address space is reserved for all of it at once, memory is
/// used as it is needed. The engine's answers depend on the bounds only once one of them is reached; on the label delay
/// they always depend.
public struct FeatureCapacity: Sendable, Equatable {
    /// Paying accounts; later ones have no history and no windows.
    public var payers: Int
    /// Payees, devices, instruments, addresses and places of the last 30 days and the label delay, and those a posted
    /// payment knows.
    public var parties: Int
    /// Pairs of a payer and a party, and of a payer and a merchant category.
    public var relations: Int
    /// Attempts of the last 30 days and the label delay; beyond it the oldest leave early and `window.saturated` says so.
    public var attempts: Int
    /// Transfers that have not come to rest; later ones teach the payer's history nothing.
    public var pending: Int
    /// After how many seconds an attempt that is not known to be fraud is presumed genuine.
    public var labelDelaySeconds: Int64

    /// The label delay unless another is told: 7 days.
    public static let standardLabelDelaySeconds: Int64 = 7 * 86_400

    /// Numbers of entities that room is made for.
    public init(
        payers: Int, parties: Int, relations: Int, attempts: Int, pending: Int,
        labelDelaySeconds: Int64 = standardLabelDelaySeconds
    ) {
        precondition(labelDelaySeconds >= 0, "a label cannot be known before its attempt")
        self.payers = payers
        self.parties = parties
        self.relations = relations
        self.attempts = attempts
        self.pending = pending
        self.labelDelaySeconds = labelDelaySeconds
    }

    /// For 16 million payers and 134 million attempts in 37 days: 65 GiB of address space.
    public static let standard = FeatureCapacity(
        payers: 1 << 24, parties: 1 << 26, relations: 1 << 27, attempts: 1 << 27, pending: 1 << 22)
}
