/// State of a paying account: 256 bytes, four lines of a cache.
struct Payer: BitwiseCopyable {
    var account: Int64
    /// When the last attempt was made, in microseconds; meaningful once `hasAttempted`.
    var lastAttempt: Int64 = 0
    /// Amount of the last attempt, in minor units.
    var lastAmount: Int64 = 0
    /// Amounts of posted payments.
    var baseline = AmountBaseline()
    var places = LastPlace()
    var hours = HourHistory()

    /// From the hour on, by ``Window``: sums of attempted amounts, modulo 2⁶⁴; what is above is its ``PayerTrouble``'s.
    var sums = InlineArray<4, UInt64>(repeating: 0)
    /// By ``Window``: attempts.
    var counts = InlineArray<6, UInt32>(repeating: 0)
    /// Different payees in the last hour, day and month.
    var payees = InlineArray<3, UInt32>(repeating: 0)
    /// Different devices, and different places, in the last month.
    var devices: UInt32 = 0
    var cells: UInt32 = 0
    /// Attempts that matured in the last 30 days.
    var matured: UInt32 = 0
    /// Number of its ``PayerTrouble``; none if there never was any.
    var trouble = Slab<PayerTrouble>.none
    /// Numbers of its remembered places, eight in each; none if not needed.
    var spots = InlineArray<2, UInt32>(repeating: Slab<SpotChunk>.none)

    /// The country that most posted payments were in.
    var country = UsualCountry()
    var recent = RecentAmounts()
    var weekdays = WeekdayHistory()
    /// Attempts before the last one that had the same amount, one after another.
    var repeats: UInt16 = 0
    /// Of the first attempt; the account's own.
    var currency: UInt16
    /// Country of the payment posted last, of those that told one; 0 before any.
    var lastCountry: UInt16 = 0
    /// Number of remembered places.
    var spotCount: UInt8 = 0
    private var flags: UInt8 = 0

    init(account: Int64, currency: UInt16) {
        self.account = account
        self.currency = currency
    }

    /// Attempts came in more than one currency: sums and histories of amounts mean nothing any more.
    @inline(__always)
    var isMixed: Bool { flags & 1 != 0 }
    mutating func mix() { flags |= 1 }

    @inline(__always)
    var hasAttempted: Bool { flags & 2 != 0 }
    mutating func noteAttempted() { flags |= 2 }

    /// A sum ever had more than 64 bits.
    @inline(__always)
    var hasWideSums: Bool { flags & 4 != 0 }
    mutating func widenSums() { flags |= 4 }
}

/// What most payers have nothing of: attempts that came to nothing, outliers among their amounts, sums
/// beyond 64 bits, confirmed fraud.
struct PayerTrouble: BitwiseCopyable {
    /// Voided attempts of the last hour and day.
    var voided = InlineArray<2, UInt32>(repeating: 0)
    /// Outliers of the last hour, day, week and fortnight.
    var outliers = InlineArray<4, UInt32>(repeating: 0)
    /// What the payer's sums of amounts have above 64 bits.
    var sumsHigh = InlineArray<4, UInt32>(repeating: 0)
    /// Number of the payer's ``FraudHistory``, or none.
    var fraud = Slab<FraudHistory>.none
}
