/// Confirmed fraud among the attempts of one entity; kept only where there is any.
struct FraudHistory: BitwiseCopyable {
    /// When the latest attempt was made that is known to be fraud, microseconds.
    var lastTime = Int64.min
    /// Known so far, as long as the entity is remembered.
    var known: UInt32 = 0
    /// Of the attempts of the last 30 days, those that are known to be fraud.
    var recent: UInt32 = 0
    /// Of the attempts that matured in the last day, week and month, those that are known to be fraud.
    var matured = InlineArray<3, UInt32>(repeating: 0)
    /// Attempts that matured as genuine since a fraud last became known or matured.
    var genuineSince: UInt32 = 0
    /// Whether the last matured attempts were known to be fraud when they matured; the latest in the lowest bit.
    private var bits: UInt32 = 0

    /// An attempt has reached the label delay.
    mutating func mature(isFraud: Bool) {
        bits = bits << 1 | (isFraud ? 1 : 0)
        if isFraud { genuineSince = 0 } else if genuineSince < .max { genuineSince += 1 }
    }

    /// Share of frauds among the last `count` matured attempts, at most 32; those before the first count as genuine.
    func share(last count: UInt32) -> Double {
        Double((bits & (1 << count - 1)).nonzeroBitCount) / Double(count)
    }
}
