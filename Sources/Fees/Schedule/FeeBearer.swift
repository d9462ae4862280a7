/// Who pays a fee.
public enum FeeBearer: Hashable, Sendable {
    /// The payer, on top of the amount.
    case payer
    /// The payee, out of what is received.
    case payee
    /// Both. The payer's share, in parts per million of the fee, is rounded half up to the minor
    /// unit; the payee has the rest, so that the two are the fee exactly.
    case split(payerPartsPerMillion: Int64)

    /// The payer's part of a fee that is not negative, in minor units; from 0 to `feeMinor`.
    func payerShareMinor(ofMinor feeMinor: Int64) -> Int64 {
        switch self {
        case .payer: return feeMinor
        case .payee: return 0
        case .split(let parts):
            // A share is below one, so that half up cannot exceed the fee.
            let rounded = PartsPerMillion.roundHalfUp(Int128(feeMinor) * Int128(parts))
            return Int64(truncatingIfNeeded: rounded)
        }
    }
}
