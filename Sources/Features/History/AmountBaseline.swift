/// How large posted payments were: moments of the logarithm, exact, and mean and spread of the amount itself.
struct AmountBaseline: BitwiseCopyable {
    private(set) var logarithms = AmountHistory()
    /// Mean in major units, and the sum of squared distances from it (Welford 1962). A function of the order of posting,
    /// which the log fixes; nothing is ever taken off again.
    private(set) var mean = 0.0
    private var scatter = 0.0

    /// Payments of the population that the mean is shrunk towards, and own ones that the spread is, which is then half
    /// the mean.
    static var priorCount: Double { 2 }
    static var spreadCount: Double { 4 }

    var count: UInt32 { logarithms.count }

    /// Takes a posted payment.
    ///
    /// - Parameter population: if given, what is far above the usual moves mean and spread only as far as a payment three
    ///   deviations above it would, so that a thief's payments do not become usual at once.
    mutating func add(
        minor: Int64, logarithm: Double, major: Double, within population: AmountBaseline? = nil
    ) {
        let bound = count >= Self.outlierMinimum ? population.flatMap { self.bound($0) } : nil
        logarithms.add(minor: minor, logarithm: logarithm)
        guard count < .max, major.isFinite else { return }
        let value = bound.map { min($0, major) } ?? major
        let difference = value - mean
        mean += difference / Double(count)
        scatter += difference * (value - mean)
    }

    /// Fewer payments have no outliers.
    static var outlierMinimum: UInt32 { 3 }
    /// Deviations above the mean from which on an amount is an outlier.
    static var outlierDeviation: Double { 3 }

    /// Whether an amount that deviates so much is an outlier.
    func isOutlier(_ deviation: Double) -> Bool {
        count >= Self.outlierMinimum && deviation >= Self.outlierDeviation
    }

    /// The mean, shrunk towards that of the population; nil before the first payment.
    func usual(_ population: AmountBaseline) -> Double? {
        guard count > 0 else { return nil }
        let n = Double(count)
        return (n * mean + Self.priorCount * population.mean) / (n + Self.priorCount)
    }

    /// Standard deviations of an amount in major units from the mean, both shrunk; nil before the first payment.
    func deviation(major: Double, _ population: AmountBaseline) -> Double? {
        guard let usual = usual(population), usual > 0 else { return nil }
        return (major - usual) / spread(usual)
    }

    private func spread(_ usual: Double) -> Double {
        let prior = 0.25 * usual * usual
        let variance = (scatter + Self.spreadCount * prior) / (Double(count) + Self.spreadCount)
        return variance.squareRoot()
    }

    private func bound(_ population: AmountBaseline) -> Double? {
        usual(population).map { $0 + Self.outlierDeviation * spread($0) }
    }
}

/// The last twelve posted amounts, each to a tenth of a percent.
struct RecentAmounts: BitwiseCopyable {
    private var codes = InlineArray<12, UInt16>(repeating: 0)
    private var count: UInt8 = 0
    private var next: UInt8 = 0

    private static func code(_ logarithm: Double) -> UInt16 {
        UInt16(max(0, min(65_535, (logarithm * 1024).nearestInteger)))
    }

    mutating func add(logarithm: Double) {
        codes[Int(next)] = Self.code(logarithm)
        next = (next + 1) % 12
        if count < 12 { count += 1 }
    }

    /// Share of them below an amount, equal ones by half, as if one more lay at the amount itself; nil without any.
    func rank(logarithm: Double) -> Double? {
        guard count > 0 else { return nil }
        let code = Self.code(logarithm)
        var halves = 1
        for index in 0..<Int(count) {
            halves += codes[index] < code ? 2 : codes[index] == code ? 1 : 0
        }
        return Double(halves) / Double(2 * (Int(count) + 1))
    }
}
