/// Why rates are refused, or why nothing is quoted by them.
public struct FXError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is wrong, for programs. Raw values are stable.
    public enum Code: String, Sendable, CaseIterable {
        /// The text, or the number of its rates, is beyond the limit.
        case tooLarge = "too_large"
        /// A line that is neither a setting nor a rate.
        case malformedLine = "malformed_line"
        /// A setting that there is no such thing as.
        case unknownSetting = "unknown_setting"
        /// A setting that is given twice.
        case duplicateSetting = "duplicate_setting"
        /// A setting, or any rate, that must be there and is not.
        case missingSetting = "missing_setting"
        /// Text that is no rate.
        case malformedRate = "malformed_rate"
        /// A number, a moment or a name beyond its limits.
        case outOfRange = "out_of_range"
        /// No such currency.
        case unknownCurrency = "unknown_currency"
        /// A currency against itself.
        case sameCurrency = "same_currency"
        /// A pair that is given twice, be it the other way around.
        case duplicatePair = "duplicate_pair"
        /// The table has no rate for two currencies, not even through its pivot.
        case noRate = "no_rate"
        /// The rates are older than they may be.
        case staleRates = "stale_rates"
        /// The rates are of a moment yet to come.
        case ratesFromFuture = "rates_from_future"
        /// An exchange of nothing, or of less.
        case invalidAmount = "invalid_amount"
        /// The customer would get nothing.
        case zeroResult = "zero_result"
        /// An exact rate has more digits than two integers of 128 bits hold.
        case rateOverflow = "rate_overflow"
        /// More minor units than an `Int64` holds.
        case amountOverflow = "amount_overflow"
    }

    /// What is wrong, for programs.
    public let code: Code
    /// What is wrong, and what would be right, for people.
    public let detail: String
    /// The line that is to blame, from 1; nil if it is none in particular.
    public let line: Int?

    init(_ code: Code, _ detail: String, line: Int? = nil) {
        self.code = code
        self.detail = detail
        self.line = line
    }

    /// The same error, found in a line.
    func at(line: Int) -> FXError { FXError(code, detail, line: self.line ?? line) }

    /// `code: line n: detail`.
    public var description: String {
        code.rawValue + ": " + (line.map { "line \($0): " } ?? "") + detail
    }
}
