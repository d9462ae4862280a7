/// What is known of a payee beyond what is known of every ``Party``.
struct Payee: BitwiseCopyable {
    /// Time of the first attempt to pay it that is remembered, and of the last, in microseconds.
    var firstTime: Int64
    var lastTime: Int64
    /// Amounts of posted payments to it.
    var baseline = AmountBaseline()
    /// Sums of the amounts attempted in the last day and month.
    var sums = InlineArray<2, WideSum>(repeating: WideSum())
    /// Attempts in the last week and month.
    var countWeek: UInt32 = 0
    var countMonth: UInt32 = 0
    /// Different payers in the last day.
    var payersDay: UInt32 = 0
    /// Attempts of the last day that were voided.
    var voidedDay: UInt32 = 0
    /// Payers who first tried to pay it in the last day and month.
    var newPayers = InlineArray<2, UInt32>(repeating: 0)
    /// Attempts that matured in the last day and week; those of the month are the party's.
    var matured = InlineArray<2, UInt32>(repeating: 0)
    var recent = RecentAmounts()
    /// Of the first attempt.
    var currency: UInt16
    /// Attempts came in more than one currency: sums and histories of amounts mean nothing any more.
    var isMixed = false

    init(time: Int64, currency: UInt16) {
        firstTime = time
        lastTime = time
        self.currency = currency
    }
}
