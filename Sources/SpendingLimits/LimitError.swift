/// Why a list of limits is refused.
public struct LimitError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is wrong, for programs. Raw values are stable.
    public enum Code: String, Sendable, CaseIterable {
        /// More than 64 KiB.
        case tooLarge = "too_large"
        /// A line that is neither the currency nor a limit.
        case malformedLine = "malformed_line"
        /// No such currency.
        case unknownCurrency = "unknown_currency"
        /// Text that is no tier.
        case malformedTier = "malformed_tier"
        /// No such kind of payment.
        case unknownKind = "unknown_kind"
        /// Text that is no amount of the currency.
        case malformedAmount = "malformed_amount"
        /// A tier's kind, or the currency, that is given twice.
        case duplicate
        /// The currency is not given, or after a limit.
        case missingCurrency = "missing_currency"
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

    /// `code: line n: detail`.
    public var description: String {
        code.rawValue + ": " + (line.map { "line \($0): " } ?? "") + detail
    }
}
