/// Why a statement or a receipt is refused, or why it could not be written down.
public struct StatementError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is wrong, for programs. Raw values are stable.
    public enum Code: String, Sendable, CaseIterable {
        /// Text that is no calendar month.
        case malformedMonth = "malformed_month"
        /// A period or a moment outside the years that can be written down.
        case outOfRange = "out_of_range"
        /// A period that ends before it has begun.
        case emptyPeriod = "empty_period"
        /// An account's identifier of other characters, or a longer one, than it may have.
        case malformedAccount = "malformed_account"
        /// A kind or a decision that is no word.
        case malformedWord = "malformed_word"
        /// A name, a handle or another text beyond its limit.
        case textTooLong = "text_too_long"
        /// More lines than a statement may have.
        case tooManyLines = "too_many_lines"
        /// A line of a moment that the period does not hold.
        case lineOutsidePeriod = "line_outside_period"
        /// A line that was recorded before the one above it.
        case timeOrder = "time_order"
        /// A line without a place in the log, or with one before the line above it.
        case sequenceOrder = "sequence_order"
        /// A running balance that is not the one before it and the line's amount.
        case runningBalance = "running_balance"
        /// A closing balance that is not the opening one and the sum of the lines.
        case closingBalance = "closing_balance"
        /// More minor units than an `Int64` holds.
        case overflow
        /// A receipt that contradicts itself.
        case inconsistentReceipt = "inconsistent_receipt"
        /// A journal of nothing.
        case noStatements = "no_statements"
        /// A journal of more than one person.
        case differentHolders = "different_holders"
        /// Statements of one account that do not follow one another without a gap.
        case brokenChain = "broken_chain"
        /// A font that cannot be read or used.
        case unusableFont = "unusable_font"
        /// The PDF library gave up.
        case pdfFailed = "pdf_failed"
    }

    /// What is wrong, for programs.
    public let code: Code
    /// What is wrong, and what would be right, for people.
    public let detail: String
    /// The statement's line that is to blame, from 1; nil if it is none in particular.
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
