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
