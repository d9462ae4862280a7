/// The unit of fees' proportional parts: 1,000 are one per mille, 10,000 one per cent.
enum PartsPerMillion {
    static let whole: Int64 = 1_000_000

    /// Millionths of minor units to minor units; a half goes up, away from zero. Not for negative
    /// ones.
    static func roundHalfUp(_ millionths: Int128) -> Int128 {
        (millionths + Int128(whole / 2)) / Int128(whole)
    }
}
