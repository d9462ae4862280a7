/// Rows of features in time order: what a model is fitted to and judged by.
public struct FeatureRows: Sendable {
    /// Names of the columns.
    public let names: [String]
    /// Row by row, NaN where missing.
    public private(set) var values: [Double] = []
    /// Whether each row is fraud; false without a label.
    public private(set) var isFraud: [Bool] = []
    /// Whether each row has a label: others are seen by a forest alone.
    public private(set) var isLabelled: [Bool] = []
    /// When each row occurred, microseconds since 1970, ascending.
    public private(set) var times: [Int64] = []
    /// When each row's label became known, microseconds since 1970.
    public private(set) var labelTimes: [Int64] = []

    /// No rows yet, with columns of these names.
    public init(names: [String]) { self.names = names }

    /// Number of columns.
    public var width: Int { names.count }
    /// Number of rows.
    public var count: Int { isFraud.count }

    /// Adds a row of ``width`` values, not earlier than the last one.
    ///
    /// - Parameters:
    ///   - isFraud: nil without a label.
    ///   - labelTime: when that became known; at once if it is not given.
    public mutating func append(
        _ row: some Collection<Double>, isFraud: Bool?, time: Int64, labelTime: Int64? = nil
    ) {
        precondition(row.count == width, "a row has \(row.count) features, not \(width)")
        values.append(contentsOf: row)
        self.isFraud.append(isFraud ?? false)
        isLabelled.append(isFraud != nil)
        times.append(time)
        labelTimes.append(labelTime ?? time)
    }

    /// The value of a row in a column, both from 0.
    public subscript(row: Int, column: Int) -> Double { values[row * width + column] }

    /// How many of some rows are fraud.
    public func frauds(in rows: some Sequence<Int>) -> Int {
        rows.reduce(0) { $0 + (isFraud[$1] ? 1 : 0) }
    }
}
