/// What is known of a merchant category. All zeros is its first state.
struct Category: BitwiseCopyable {
    /// Amounts of posted payments, in the currency of the first of them.
    var baseline: AmountBaseline
    /// Attempts of the last day.
    var countDay: UInt32
    /// Plus one; 0 before the first posted payment.
    private var currencyPlusOne: UInt32

    /// Takes a posted payment; those in another currency than the first are not looked at.
    mutating func add(
        minor: Int64, logarithm: Double, major: Double, currency: UInt16
    ) {
        if currencyPlusOne == 0 { currencyPlusOne = UInt32(currency) + 1 }
        guard isIn(currency) else { return }
        baseline.add(minor: minor, logarithm: logarithm, major: major)
    }

    func isIn(_ currency: UInt16) -> Bool { currencyPlusOne == UInt32(currency) + 1 }
}

/// What a payer's posted payments in one merchant category were like: moments of the amount's logarithm in fixed point.
struct PayerCategory: HashSlot {
    var payer: UInt32
    var category: UInt16
    private(set) var count: UInt16 = 0
    private var sum: UInt32 = 0
    private var squares: UInt32 = 0

    init(payer: UInt32, category: UInt16) {
        self.payer = payer
        self.category = category
    }

    /// Later payments teach nothing: the sums have no room for more.
    static var maximumCount: UInt16 { 16_383 }
    private static var sumOne: Double { 4096 }
    private static var squareOne: Double { 64 }

    mutating func add(logarithm: Double) {
        guard count < Self.maximumCount, logarithm >= 0 else { return }
        count += 1
        sum += UInt32((logarithm * Self.sumOne).nearestInteger)
        squares += UInt32((logarithm * logarithm * Self.squareOne).nearestInteger)
    }

    /// Standard deviations from the mean, which is shrunk towards `usual` as by two payments, as the variance is
    /// towards 0.25 as by four.
    func score(logarithm: Double, usual: Double) -> Double {
        let n = Double(count)
        let own = count > 0 ? Double(sum) / Self.sumOne / n : 0
        let mean = (n * own + 2 * usual) / (n + 2)
        let square = count > 0 ? Double(squares) / Self.squareOne / n : 0
        let variance = max(0, square - own * own)
        return (logarithm - mean) / ((n * variance + 1) / (n + 4)).squareRoot()
    }

    var hash: UInt32 { Self.hash(payer: payer, category: category) }
    @inline(__always)
    static func hash(payer: UInt32, category: UInt16) -> UInt32 {
        UInt32(truncatingIfNeeded: mixed(UInt64(payer) << 16 | UInt64(category)))
    }
}
