/// Why a schedule is refused, or why no fee can be told for a payment.
public struct FeeError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is wrong, for programs. Raw values are stable.
    public enum Code: String, Sendable, CaseIterable {
        /// The bytes are no JSON text.
        case malformedJSON = "malformed_json"
        /// The document, or the number of its rules, is beyond the limit.
        case tooLarge = "too_large"
        /// A field that there is no such thing as.
        case unknownField = "unknown_field"
        /// A field that stands twice in one object.
        case duplicateField = "duplicate_field"
        /// A field that must be there is not.
        case missingField = "missing_field"
        /// A value of another type than the field has.
        case wrongType = "wrong_type"
        /// A word of other characters, or a longer one, than words may have.
        case malformedWord = "malformed_word"
        /// No such currency.
        case unknownCurrency = "unknown_currency"
        /// Text that is no amount of its currency.
        case malformedAmount = "malformed_amount"
        /// A number, an amount or a moment beyond its limits.
        case outOfRange = "out_of_range"
        /// An amount in a rule for any currency: there is nothing that it is an amount of.
        case amountWithoutCurrency = "amount_without_currency"
        /// A range that holds no amount.
        case emptyRange = "empty_range"
        /// A maximum that is smaller than the minimum.
        case maximumBelowMinimum = "maximum_below_minimum"
        /// A share given without a split, or a split without a share.
        case misplacedShare = "misplaced_share"
        /// Two rules of one name.
        case duplicateRule = "duplicate_rule"
        /// Two rules of which none is the narrower one for some payment.
        case tiedRules = "tied_rules"
        /// Versions of a book that do not take effect one after the other.
        case versionOrder = "version_order"
        /// The book has no such version.
        case unknownVersion = "unknown_version"
        /// No version was in force yet.
        case noSchedule = "no_schedule"
        /// A payment of nothing, or of less.
        case invalidAmount = "invalid_amount"
        /// The payee would be left with less than nothing.
        case feeExceedsAmount = "fee_exceeds_amount"
        /// More minor units than an `Int64` holds.
        case overflow
    }

    /// Where something begins in the text.
    public struct Place: Sendable, Equatable {
        /// Line, from 1.
        public let line: Int
        /// Character in the line, from 1.
        public let column: Int
    }

    /// What is wrong, for programs.
    public let code: Code
    /// What is wrong, and what would be right, for people.
    public let detail: String
    /// The field that is to blame, such as `rules[2].minimum`, counted from 0; empty if it is none
    /// in particular.
    public private(set) var path: String
    /// Where that field's value stands, if the schedule was read from text.
    public private(set) var place: Place?

    init(_ code: Code, _ detail: String, path: String = "", place: Place? = nil) {
        self.code = code
        self.detail = detail
        self.path = path
        self.place = place
    }

    /// The same error, seen from what holds the part that it was found in.
    func inside(_ outer: String, place: Place? = nil) -> FeeError {
        var error = self
        error.path = path.isEmpty ? outer : "\(outer).\(path)"
        error.place = self.place ?? place
        return error
    }

    /// The same error with the place that belongs to its path.
    func inText(_ place: (String) -> Place?) -> FeeError {
        var error = self
        error.place = self.place ?? place(path)
        return error
    }

    /// `code: path (line:column): detail`.
    public var description: String {
        var parts: [String] = []
        if !path.isEmpty { parts.append(path) }
        if let place { parts.append("(\(place.line):\(place.column))") }
        let location = parts.joined(separator: " ")
        return code.rawValue + ": " + (location.isEmpty ? "" : location + ": ") + detail
    }
}
