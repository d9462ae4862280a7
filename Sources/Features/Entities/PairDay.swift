/// Attempts of a payer and payee who met more than once within the last day; all others need no counting.
struct PairDay: BitwiseCopyable {
    var party: UInt32
    var payer: UInt32
    /// Attempts of the last hour and day.
    var countHour: UInt32
    var countDay: UInt32
    /// Sum of the amounts attempted in the last day.
    var sumDay: WideSum
}
