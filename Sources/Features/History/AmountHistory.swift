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
        let fixed = (logarithm * Self.one).nearestInteger
        count += 1
        sum += fixed
        squares.add(UInt64(fixed * fixed))
        maximum = max(maximum, minor)
    }

    /// Standard deviations from the mean of the logarithms; nil without a spread.
    func score(logarithm: Double) -> Double? {
        guard count >= Self.minimum else { return nil }
        let n = Double(count)
        let mean = Double(sum) / n / Self.one
        let variance = scatter / (n * n) / (Self.one * Self.one)
        let shrunk = (n * variance + Self.priorCount * Self.priorVariance) / (n + Self.priorCount)
        return (logarithm - mean) / shrunk.squareRoot()
    }

    /// Mean of the logarithms; 0 before the first.
    var mean: Double { count > 0 ? Double(sum) / Double(count) / Self.one : 0 }

    /// n·Σx² − (Σx)², exact until it is rounded once; at least zero (Cauchy–Schwarz).
    private var scatter: Double {
        let product = squares.lowWord.multipliedFullWidth(by: UInt64(count))
        let high = squares.highWord &* UInt64(count) &+ product.high
        let square = sum.magnitude.multipliedFullWidth(by: sum.magnitude)
        let (low, isBorrowed) = product.low.subtractingReportingOverflow(square.low)
        return nearestDouble(high: high &- square.high &- (isBorrowed ? 1 : 0), low: low)
    }

    /// `minor` against the largest before; nil without one.
    func ratioToMaximum(minor: Int64) -> Double? {
        maximum > 0 ? Double(minor) / Double(maximum) : nil
    }
}
