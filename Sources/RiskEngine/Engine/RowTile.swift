internal import EventLog

/// Rows of features that wait to be scored together, with what they belong to. Begins on a 64-byte boundary.
struct RowTile: ~Copyable {
    /// Rows scored in one call: enough to keep the matrix kernels busy, few enough to stay in the cache.
    static let capacity = 64

    struct Entry {
        var transfer: TransferID
        var sequence: Int64
        var marks: ListMarks
    }

    let stride: Int
    private let rows: UnsafeMutablePointer<Double>
    private let probabilities: UnsafeMutablePointer<Double>
    private(set) var entries: [Entry] = []

    init(stride: Int) {
        self.stride = stride
        let bytes = Self.capacity * stride * MemoryLayout<Double>.stride
        rows = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
            .bindMemory(to: Double.self, capacity: Self.capacity * stride)
        rows.initialize(repeating: 0, count: Self.capacity * stride)
        probabilities = .allocate(capacity: Self.capacity)
        probabilities.initialize(repeating: 0, count: Self.capacity)
        entries.reserveCapacity(Self.capacity)
    }

    deinit {
        rows.deallocate()
        probabilities.deallocate()
    }

    var count: Int { entries.count }
    var isFull: Bool { entries.count == Self.capacity }

    /// The row that ``append(_:)`` will take over.
    var nextRow: UnsafeMutablePointer<Double> {
        precondition(!isFull)
        return rows + entries.count * stride
    }

    func row(_ index: Int) -> UnsafePointer<Double> {
        precondition(index < Self.capacity)
        return UnsafePointer(rows + index * stride)
    }

    func probability(_ index: Int) -> Double {
        precondition(index < Self.capacity)
        return probabilities[index]
    }

    mutating func append(_ entry: Entry) { entries.append(entry) }
    mutating func removeAll() { entries.removeAll(keepingCapacity: true) }

    /// Lends the first `count` rows and room for their probabilities.
    func withRows(
        _ body: (UnsafePointer<Double>, Int, UnsafeMutablePointer<Double>) -> Void
    ) { body(UnsafePointer(rows), entries.count, probabilities) }
}
