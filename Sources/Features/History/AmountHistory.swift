internal import Glibc

/// How large a payer's posted transfers were: moments of the logarithm in fixed point, exact and independent of order.
struct AmountHistory: BitwiseCopyable {
    private(set) var count: UInt32 = 0
    private var squares = WideSum()
    private var sum: Int64 = 0
    /// Minor units.
    private(set) var maximum: Int64 = 0

    /// Fewer transfers have no spread.
    static var minimum: UInt32 { 2 }
    /// A payer's own variance is shrunk towards this one as if by so many earlier transfers.
    static var priorVariance: Double { 0.25 }
    static var priorCount: Double { 4 }
    /// 20 fractional bits.
    static var one: Double { 1_048_576 }

    mutating func add(minor: Int64, logarithm: Double) {
        guard count < .max else { return }
        let fixed = Int64((logarithm * Self.one).rounded())
        count += 1
        sum += fixed
        squares.value += Int128(fixed) * Int128(fixed)
        maximum = max(maximum, minor)
    }

    /// Standard deviations from the mean of the logarithms; nil without a spread.
    func score(logarithm: Double) -> Double? {
        guard count >= Self.minimum else { return nil }
        let n = Double(count)
        let mean = Double(sum) / n / Self.one
        let scatter = squares.value * Int128(count) - Int128(sum) * Int128(sum)
        let variance = Double(scatter) / (n * n) / (Self.one * Self.one)
        let shrunk = (n * variance + Self.priorCount * Self.priorVariance) / (n + Self.priorCount)
        return (logarithm - mean) / shrunk.squareRoot()
    }

    /// `minor` against the largest before; nil without one.
    func ratioToMaximum(minor: Int64) -> Double? {
        maximum > 0 ? Double(minor) / Double(maximum) : nil
    }
}
