/// What is wrong with a transactions table, and where.
public struct TableError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The table's path.
    public let path: String
    /// Line of the file on which the row begins, from 1; nil if it is not about one row.
    public let line: Int?
    /// Name of the column; nil if it is not about one field.
    public let column: String?
    /// What was wrong.
    public let reason: String
    /// Whether rows are out of order: that is a fault of the table, for which no row can be left out.
    var isAboutOrder = false

    /// A fault at a place that is told as far as it is known.
    public init(path: String, line: Int? = nil, column: String? = nil, reason: String) {
        self.path = path
        self.line = line
        self.column = column
        self.reason = reason
    }

    /// Place and fault in one sentence.
    public var description: String {
        var place = path
        if let line { place += ", line \(line)" }
        if let column { place += ", column \(column)" }
        return "\(place): \(reason)"
    }
}
