/// A dense matrix of doubles, stored row by row. Every row begins 64-byte aligned: `stride` is the
/// number of columns rounded up to an odd multiple of 8, and what lies between is zero.
public struct Matrix: ~Copyable, Sendable {
    /// Number of rows.
    public let rows: Int
    /// Number of columns, without what fills each row up to `stride`.
    public let columns: Int
    /// Doubles from the start of one row to the start of the next.
    public let stride: Int
    let storage: AlignedBuffer<Double>

    /// A matrix of zeros.
    public init(rows: Int, columns: Int) {
        precondition(rows >= 0 && columns >= 0, "a matrix cannot be \(rows) × \(columns)")
        self.rows = rows
        self.columns = columns
        stride = Self.stride(columns: columns)
        storage = AlignedBuffer(count: rows * stride)
    }

    /// The stride of a matrix with `columns` columns: the next odd multiple of 8, one cache line. Rows a power of two of
    /// lines apart would share a few sets of the cache, and walking down a column would miss it at every step.
    public static func stride(columns: Int) -> Int { ((columns + 7) / 8 | 1) * 8 }

    /// The first element of the first row; row r begins `r * stride` further on.
    public var pointer: UnsafeMutablePointer<Double> { storage.pointer }

    /// The first element of a row.
    public func row(_ row: Int) -> UnsafeMutablePointer<Double> {
        precondition(row >= 0 && row < rows, "row \(row) outside 0..<\(rows)")
        return storage.pointer + row * stride
    }

    /// One element, checked.
    public subscript(row: Int, column: Int) -> Double {
        get {
            precondition(column >= 0 && column < columns, "column \(column) outside 0..<\(columns)")
            return self.row(row)[column]
        }
        set {
            precondition(column >= 0 && column < columns, "column \(column) outside 0..<\(columns)")
            self.row(row)[column] = newValue
        }
    }

    /// Sets every element to zero.
    public mutating func clear() {
        storage.pointer.update(repeating: 0, count: storage.count)
    }
}
