internal import LinearAlgebra

/// Scores rows of plain numbers with an isolation forest alone. Owns its work space: nothing is
/// allocated per call. A row's score does not depend on what else is in its batch.
public struct ForestScorer: ~Copyable, Sendable {
    private let flat: FlatForest
    private let keys: AlignedBuffer<Int32>
    private let sums: AlignedBuffer<Double>

    /// A scorer of `forest`, with its own work space.
    public init(_ forest: IsolationForest) {
        flat = FlatForest(forest)
        keys = AlignedBuffer(count: forest.featureCount * FlatForest.tileRows)
        sums = AlignedBuffer(count: FlatForest.tileRows)
    }

    /// Number of columns of a row.
    public var featureCount: Int { flat.featureCount }

    /// s = −E[h]/c(ψ) of `count` rows, each `stride` doubles from the one before: the more
    /// unusual a row, the nearer to 0; −1 is usual. Equals ``IsolationForest/score(of:)`` bit for
    /// bit. NaN is on the upper side of every split.
    public mutating func score(
        rows: UnsafePointer<Double>, count: Int, stride: Int,
        into scores: UnsafeMutablePointer<Double>
    ) {
        precondition(stride >= flat.featureCount, "rows of \(flat.featureCount) columns overlap")
        var done = 0
        while done < count {
            let taken = min(FlatForest.tileRows, count - done)
            fillTile(rows + done * stride, count: taken, stride: stride)
            sums.pointer.update(repeating: 0, count: FlatForest.tileRows)
            flat.addPathLengths(tile: keys.pointer, count: taken, to: sums.pointer)
            for row in 0..<taken { scores[done + row] = sums.pointer[row] * flat.scoreFactor }
            done += taken
        }
    }

    /// Rows are read in turn, so that each comes from memory once.
    private func fillTile(_ rows: UnsafePointer<Double>, count: Int, stride: Int) {
        for row in 0..<count {
            let from = rows + row * stride
            let to = keys.pointer + row
            for feature in 0..<flat.featureCount {
                let value = from[feature]
                let key = FlatForest.key(of: value)
                to[feature * FlatForest.tileRows] = value == value ? key : .max
            }
        }
    }
}
