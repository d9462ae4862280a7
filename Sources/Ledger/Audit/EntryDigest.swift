public import EventLog

/// What an account's entries say, in three exact sums: each amount weighed by its entry's sequence modulo 65,521 (a
/// prime), so that neither a changed entry nor two that are exchanged can hide.
public struct EntryDigest: Sendable, Equatable {
    /// Modulus of the weights.
    public static let modulus: Int64 = 65_521

    /// Sum of posted balance times weight, in minor units.
    public var posted: Int128
    /// Sum of reserved balance times weight, in minor units.
    public var reserved: Int128
    /// Sum of the cap counter's sum times weight, in minor units.
    public var debitSum: Int128

    /// The digest of three sums; without any, that of no entries.
    public init(posted: Int128 = 0, reserved: Int128 = 0, debitSum: Int128 = 0) {
        self.posted = posted
        self.reserved = reserved
        self.debitSum = debitSum
    }

    /// Adds an entry. Wraps on overflow, which no entries that the ledger can hold reach.
    public mutating func add(
        posted: Int128, reserved: Int128, debitSum: Int128, at sequence: Sequence
    ) {
        let weight = Int128(sequence.rawValue % Self.modulus)
        self.posted &+= posted &* weight
        self.reserved &+= reserved &* weight
        self.debitSum &+= debitSum &* weight
    }
}
