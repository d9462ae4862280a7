/// How a table is read.
public struct TableOptions: Sendable, Equatable {
    /// What happens at a row that cannot be read.
    public enum BadRowPolicy: String, Sendable, CaseIterable {
        /// The whole table is refused, with the row's line, the column and what was wrong.
        case fail
        /// The row is left out and counted.
        case skip
    }

    /// Rows to be looked at for their own sake: earlier ones are history, later ones are not looked at.
    public var range = TimeRange()
    /// Columns without a meaning that are kept as numeric features.
    public var extras: [String] = []
    /// What happens at a row that cannot be read.
    public var onBadRow = BadRowPolicy.fail
    /// Whether rows are put in the order of their times first, which needs room for the whole table in memory. Rows of
    /// one time keep their order.
    public var isSorted = false
    /// When a label becomes known of which the table does not say so, in seconds after the transaction.
    public var labelDelaySeconds: Int64 = 7 * 86_400
    /// No label delay is longer: ten years.
    public static let maximumLabelDelaySeconds: Int64 = 3_650 * 86_400

    /// What holds unless told otherwise.
    public init() {}
}

/// Rows that were left out because they could not be read.
public struct SkippedRows: Sendable, Equatable {
    /// How many there were.
    public private(set) var count = 0
    /// By the name of the column that was wrong; those of the row as a whole under an empty name.
    public private(set) var byColumn: [String: Int] = [:]
    /// The first few.
    public private(set) var examples: [TableError] = []

    private static let exampleCount = 5

    /// None so far.
    public init() {}

    mutating func add(_ error: TableError) {
        count += 1
        byColumn[error.column ?? "", default: 0] += 1
        if examples.count < Self.exampleCount { examples.append(error) }
    }
}
