/// How many units of a quote currency are paid for one unit of a base currency, exactly:
/// `mantissa × 10^exponent`.
public struct Rate: Hashable, Sendable {
    /// Most digits between the first and the last that is not 0.
    public static let maximumDigits = 15
    /// Most digits behind the point.
    public static let maximumDecimals = 18
    /// Most digits before it.
    public static let maximumWholeDigits = 12

    /// The digits as a whole number; above 0, and its last digit is not 0.
    public let mantissa: Int64
    /// The power of ten that the mantissa is multiplied by.
    public let exponent: Int

    /// Reads a decimal such as `1.0853`, `157` or `0.00000002`, which may end in zeros. Refused
    /// with `malformed_rate`: a sign, an exponent, white space, a grouping of digits, a leading
    /// zero before another digit, a point without digits on both sides; with `out_of_range`: 0, and
    /// more digits than the limits.
    public init(_ text: String) throws(FXError) {
        let parts = text.utf8.split(separator: 0x2e, omittingEmptySubsequences: false)
        guard parts.count <= 2, let whole = parts.first,
            parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy { $0 >= 0x30 && $0 <= 0x39 } }),
            whole.count == 1 || whole.first != 0x30
        else {
            throw FXError(
                .malformedRate,
                "“\(text)” is no rate: one is digits with at most one point, as in 1.0853")
        }
        let decimals = parts.dropFirst().first?.count ?? 0
        guard whole.count <= Self.maximumWholeDigits, decimals <= Self.maximumDecimals else {
            throw FXError(
                .outOfRange,
                "“\(text)”: a rate has at most \(Self.maximumWholeDigits) digits before the point "
                    + "and \(Self.maximumDecimals) behind it")
        }
        try self.init(digits: parts.joined(), decimals: decimals, text)
    }

    private init(
        digits: some Swift.Sequence<UInt8>, decimals: Int, _ text: String
    ) throws(FXError) {
        var significant = Array(digits.drop { $0 == 0x30 })
        guard !significant.isEmpty else {
            throw FXError(.outOfRange, "“\(text)”: a rate is above 0")
        }
        var exponent = -decimals
        while significant.last == 0x30 {
            significant.removeLast()
            exponent += 1
        }
        guard significant.count <= Self.maximumDigits else {
            throw FXError(
                .outOfRange,
                "“\(text)”: a rate has at most \(Self.maximumDigits) digits that count")
        }
        mantissa = significant.reduce(0) { $0 * 10 + Int64($1 - 0x30) }
        self.exponent = exponent
    }

    /// The same number as a fraction.
    public var ratio: Ratio {
        // Within the limits of digits and decimals both factors and their product fit.
        let power = Ratio.powerOfTen(exponent) ?? .zero
        return Ratio(UInt64(mantissa)).multiplied(by: power) ?? .zero
    }
}

extension Rate: CustomStringConvertible {
    /// The shortest decimal, which reads back to the same rate.
    public var description: String {
        let digits = String(mantissa)
        guard exponent < 0 else { return digits + String(repeating: "0", count: exponent) }
        let padded = String(repeating: "0", count: max(0, 1 - exponent - digits.count)) + digits
        return padded.dropLast(-exponent) + "." + padded.suffix(-exponent)
    }
}
