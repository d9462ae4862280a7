/// What a rule asks for.
///
/// The fee is `fixed + amount × partsPerMillion / 1,000,000`, rounded once, half up (away from
/// zero), to the currency's minor unit; then raised to the minimum, or lowered to the maximum,
/// which are whole minor units themselves.
public struct FeeTerms: Hashable, Sendable {
    /// Asked for whatever the amount, in minor units.
    public var fixedMinor: Int64
    /// Parts per million of the amount, from 0 to 1,000,000; 1,000 are one per mille.
    public var partsPerMillion: Int64
    /// The smallest fee, in minor units.
    public var minimumMinor: Int64
    /// The largest fee, in minor units; nil for no upper end.
    public var maximumMinor: Int64?

    /// Terms; nothing is asked for unless something is given.
    public init(
        fixedMinor: Int64 = 0, partsPerMillion: Int64 = 0, minimumMinor: Int64 = 0,
        maximumMinor: Int64? = nil
    ) {
        self.fixedMinor = fixedMinor
        self.partsPerMillion = partsPerMillion
        self.minimumMinor = minimumMinor
        self.maximumMinor = maximumMinor
    }

    /// The fee for an amount that is not negative, both in minor units. The products are below 2^85
    /// and cannot overflow; the fee can be beyond an `Int64`.
    func feeMinor(ofMinor amountMinor: Int64) -> Int128 {
        let millionths =
            Int128(fixedMinor) * Int128(PartsPerMillion.whole)
            + Int128(amountMinor) * Int128(partsPerMillion)
        let raised = max(PartsPerMillion.roundHalfUp(millionths), Int128(minimumMinor))
        guard let maximumMinor else { return raised }
        return min(raised, Int128(maximumMinor))
    }
}
