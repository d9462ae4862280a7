internal import LinearAlgebra

/// What each column of a design is like in either class, before anything is fitted: columns that
/// never vary have no weight, and one that tells classes apart by itself has no finite one.
struct ColumnSurvey: Sendable {
    /// Columns other than the first whose value is the same in all rows.
    private(set) var constant: [Int] = []
    /// Columns with a value that no fraud is below and no honest row above, or the other way
    /// round: alone, each would be given an infinite weight.
    private(set) var separating: [Int] = []
    /// Largest minus smallest value of each column.
    private(set) var spreads: [Double] = []

    /// Rows without a weight are not looked at, but for values that are not finite: the error names
    /// the first.
    init(
        _ design: borrowing Matrix, isFraud: [Bool], weights: [Double]?, names: [String]
    ) throws(TrainingError) {
        let stride = design.stride
        // Of honest rows, then of frauds, as many values as a row has with what fills it up.
        let low = AlignedBuffer<Double>(count: 2 * stride)
        let high = AlignedBuffer<Double>(count: 2 * stride)
        // Stays 0 as long as values are finite.
        let nothing = AlignedBuffer<Double>(count: stride)
        low.pointer.update(repeating: .infinity, count: low.count)
        high.pointer.update(repeating: -.infinity, count: high.count)
        for row in 0..<design.rows {
            let from = design.pointer + row * stride
            for column in 0..<stride { nothing.pointer[column] += from[column] * 0 }
            if let weights, weights[row] == 0 { continue }
            let shift = isFraud[row] ? stride : 0
            let (low, high) = (low.pointer + shift, high.pointer + shift)
            for column in 0..<stride {
                let value = from[column]
                low[column] = value < low[column] ? value : low[column]
                high[column] = value > high[column] ? value : high[column]
            }
        }
        if let column = (0..<design.columns).first(where: { nothing[$0] != 0 }) {
            let row = (0..<design.rows).first { !design.row($0)[column].isFinite } ?? 0
            throw .notFinite(row: row, column: names[column], value: design.row(row)[column])
        }
        for column in 0..<design.columns {
            let (honestLow, honestHigh) = (low[column], high[column])
            let (fraudLow, fraudHigh) = (low[stride + column], high[stride + column])
            let spread = max(honestHigh, fraudHigh) - min(honestLow, fraudLow)
            spreads.append(spread)
            if column == 0 { continue }
            if spread == 0 {
                constant.append(column)
            } else if honestHigh <= fraudLow || fraudHigh <= honestLow {
                separating.append(column)
            }
        }
    }
}
