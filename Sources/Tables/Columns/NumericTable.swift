public import EventLog

/// Rows of numbers with names for their columns, all in memory: what a model is fitted to when people bring features of
/// their own. Row by row, so that `values[row * width + column]` is a value; NaN where missing.
public struct NumericTable: Sendable, Equatable {
    /// Names of the columns, in the order of the table.
    public let names: [String]
    /// All values, row by row.
    public private(set) var values: [Double] = []
    /// By row, whether it is labelled 1; nil without a label. Empty for a table without the column.
    public private(set) var labels: [Bool?] = []
    /// By row, `occurred_at`. Empty for a table without the column.
    public private(set) var times: [Timestamp] = []
    /// By row, `transaction_id`; the row's number, from 1, for a table without the column.
    public private(set) var identifiers: [String] = []

    /// No rows yet, with columns of these names.
    public init(names: [String]) { self.names = names }

    /// Number of columns.
    public var width: Int { names.count }
    /// Number of rows.
    public var count: Int { identifiers.count }

    /// The value of a row in a column, both from 0.
    public subscript(row: Int, column: Int) -> Double {
        precondition(column >= 0 && column < width, "column \(column) outside 0..<\(width)")
        return values[row * width + column]
    }

    /// Where a column stands; nil if there is none of that name.
    public func column(_ name: String) -> Int? { names.firstIndex(of: name) }

    /// Lends out one row's values.
    public func withRow<Result>(
        _ row: Int, _ body: (UnsafeBufferPointer<Double>) throws -> Result
    ) rethrows -> Result {
        precondition(row >= 0 && row < count, "row \(row) outside 0..<\(count)")
        return try values.withUnsafeBufferPointer { values in
            try body(UnsafeBufferPointer(rebasing: values[row * width..<(row + 1) * width]))
        }
    }

    /// Adds a row of ``width`` values. Of a table that has labels or times, every row has one.
    public mutating func append(
        _ row: [Double], identifier: String? = nil, label: Bool?? = .none, time: Timestamp? = nil
    ) {
        precondition(row.count == width, "a row has \(row.count) values, not \(width)")
        values.append(contentsOf: row)
        if let label { labels.append(label) }
        if let time { times.append(time) }
        identifiers.append(identifier ?? String(identifiers.count + 1))
        precondition(labels.isEmpty || labels.count == count, "some rows have labels, others none")
        precondition(times.isEmpty || times.count == count, "some rows have times, others none")
    }
}
