/// What is wrong with a text of rules, and where.
public struct RuleError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Line, from 1.
    public let line: Int
    /// Character in the line, from 1.
    public let column: Int
    /// What is wrong, and what would be right.
    public let reason: String

    init(_ place: Place, _ reason: String) {
        line = place.line
        column = place.column
        self.reason = reason
    }

    /// `line:column: reason`.
    public var description: String { "\(line):\(column): \(reason)" }
}

/// Where something stands in the text.
struct Place: Sendable, Equatable {
    var line: Int
    var column: Int
}
