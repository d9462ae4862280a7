/// How much state there may be. Address space is reserved for all of it at once, memory is used as it is needed.
/// The engine's answers depend on these bounds only once one of them is reached.
public struct FeatureCapacity: Sendable, Equatable {
    /// Paying accounts; later ones have no history and no windows.
    public var payers: Int
    /// Payees, devices, instruments and addresses of the last 30 days, and those a posted payment knows.
    public var parties: Int
    /// Pairs of a payer and a party.
    public var relations: Int
    /// Attempts of the last 30 days; beyond it the oldest leave early and `window.saturated` says so.
    public var attempts: Int
    /// Transfers that have not come to rest; later ones teach the payer's history nothing.
    public var pending: Int

    /// Numbers of entities that room is made for.
    public init(payers: Int, parties: Int, relations: Int, attempts: Int, pending: Int) {
        self.payers = payers
        self.parties = parties
        self.relations = relations
        self.attempts = attempts
        self.pending = pending
    }

    /// For 16 million payers and 134 million attempts in 30 days: 30 GiB of address space.
    public static let standard = FeatureCapacity(
        payers: 1 << 24, parties: 1 << 26, relations: 1 << 27, attempts: 1 << 27, pending: 1 << 22)
}
