/// A sum of up to 2³² amounts of 63 bits: 96 bits, in twelve bytes that need no more than four-byte alignment.
struct WideSum: BitwiseCopyable {
    private var low: UInt32 = 0
    private var middle: UInt32 = 0
    private var high: UInt32 = 0

    @inline(__always)
    var value: Int128 {
        get { Int128(high) << 64 | Int128(middle) << 32 | Int128(low) }
        set {
            precondition(newValue >= 0 && newValue >> 96 == 0, "a sum left its 96 bits")
            low = UInt32(truncatingIfNeeded: newValue)
            middle = UInt32(truncatingIfNeeded: newValue >> 32)
            high = UInt32(truncatingIfNeeded: newValue >> 64)
        }
    }
}

/// State of a paying account.
struct Payer: BitwiseCopyable {
    var account: Int64
    /// Of the first attempt; the account's own.
    var currency: UInt16
    /// Attempts came in more than one currency: sums and histories of amounts mean nothing any more.
    var isMixed = false
    /// When the last attempt was made, in microseconds; meaningful once `hasAttempted`.
    var lastAttempt: Int64 = 0
    var hasAttempted = false

    /// By ``Window``: attempts, and different payees among them.
    var counts = InlineArray<6, UInt32>(repeating: 0)
    var payees = InlineArray<6, UInt32>(repeating: 0)
    var sums = InlineArray<6, WideSum>(repeating: WideSum())

    var amounts = AmountHistory()
    var places = PlaceHistory()
    var hours = HourHistory()

    init(account: Int64, currency: UInt16) {
        self.account = account
        self.currency = currency
    }
}
