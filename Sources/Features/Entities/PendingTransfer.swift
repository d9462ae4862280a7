internal import EventLog

/// What was known of a reserve, kept until its transfer comes to rest: only then does the payer's history learn from it.
struct PendingTransfer: BitwiseCopyable {
    var high: UInt64
    var low: UInt64
    var time: Int64
    var amount: Int64
    /// Number of the attempt.
    var attempt: Int64
    /// What the time of day is shifted by, in microseconds, to be solar time where it was paid.
    var solarMicros: Int64
    var payee: Int64
    var device: UInt64
    var payer: UInt32
    var place: UnitVector
    var cell: UInt32
    var currency: UInt16
    var category: UInt16
    /// Two letters; 0 if not told.
    var country: UInt16
    var hasPlace: Bool
    /// The history has learnt from the transfer; further captures add nothing.
    var isLearnt = false

    @inline(__always)
    static func hash(high: UInt64, low: UInt64) -> UInt32 {
        UInt32(truncatingIfNeeded: mixed(high &* 0x9e37_79b9_7f4a_7c15 ^ low))
    }
}
