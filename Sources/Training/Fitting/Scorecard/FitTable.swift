internal import LinearAlgebra
internal import Scoring

/// The rows that a scorecard is fitted to, ready to be fitted: standardised, and binned finely.
final class FitTable: Sendable {
    /// Where they stand among all rows.
    let rows: [Int]
    let isFraud: [Bool]
    let standardisation: Standardisation
    let forest: ForestTerm?
    /// Features that have a linear term.
    let features: [Int]
    /// Fine bins of every feature.
    let bins: [FeatureBins]
    /// A column of ones, the standardised features, and the forest's score if there is one.
    let dense: Matrix
    /// Mean of each of these columns.
    let denseMeans: [Double]
    /// Fine bin of every row, feature by feature.
    private let codes: AlignedBuffer<UInt8>

    var count: Int { rows.count }

    /// - Parameter forestScores: of the rows, in their order.
    init(
        _ all: FeatureRows, _ rows: [Int], _ standardisation: Standardisation,
        forest: ForestTerm?, forestScores: [Double], categories: Set<String>
    ) {
        self.rows = rows
        self.standardisation = standardisation
        self.forest = forest
        let isFraud = rows.map { all.isFraud[$0] }
        self.isFraud = isFraud
        let constant = Set(standardisation.constant)
        let features = all.names.indices.filter { !constant.contains(all.names[$0]) }
        self.features = features
        let (count, width) = (rows.count, all.width)
        let codes = AlignedBuffer<UInt8>(count: count * width)
        let dense = Matrix(
            rows: count, columns: 1 + features.count + (forest == nil ? 0 : 1))
        let codesStart = codes.pointer
        let denseStart = dense.pointer
        let denseStride = dense.stride
        var columnOf = [Int](repeating: 0, count: width)
        for (place, feature) in features.enumerated() { columnOf[feature] = 1 + place }
        var bins = [FeatureBins](repeating: .cuts([]), count: width)
        bins.withUnsafeMutableBufferPointer { buffer in
            nonisolated(unsafe) let results = buffer
            nonisolated(unsafe) let (codesStart, denseStart) = (codesStart, denseStart)
            let columns = columnOf
            let workers = ConcurrentLoop.processors
            ConcurrentLoop.run(workers: workers) { worker in
                for feature in stride(from: worker, to: width, by: workers) {
                    guard columns[feature] > 0 else { continue }
                    let values = rows.map { all[$0, feature] }
                    let fine =
                        categories.contains(all.names[feature])
                        ? FineBins.levels(values) : FineBins.cuts(values, isFraud: isFraud)
                    results[feature] = fine
                    let codes = codesStart + feature * count
                    let term = standardisation.terms[feature]
                    let isCategory = categories.contains(all.names[feature])
                    for (row, value) in values.enumerated() {
                        codes[row] = UInt8(fine.bin(of: value))
                        // The order of a category's codes means nothing.
                        denseStart[row * denseStride + columns[feature]] =
                            isCategory ? 0 : term.standardised(value)
                    }
                }
            }
        }
        for row in 0..<count {
            denseStart[row * denseStride] = 1
            if let forest {
                denseStart[row * denseStride + features.count + 1] =
                    (forestScores[row] - forest.mean) * (1 / forest.scale)
            }
        }
        var sums = [Double](repeating: 0, count: dense.columns)
        for row in 0..<count {
            let values = denseStart + row * denseStride
            for column in sums.indices { sums[column] += values[column] }
        }
        denseMeans = sums.map { $0 / Double(count) }
        self.bins = bins
        self.codes = codes
        self.dense = dense
    }

    /// Fine bins of all rows in one feature.
    func codes(of feature: Int) -> UnsafePointer<UInt8> {
        UnsafePointer(codes.pointer + feature * count)
    }

    /// Sums over some rows by their fine bin.
    func sums(
        of feature: Int, _ rows: [Int32], _ derivatives: UnsafePointer<SIMD2<Double>>
    ) -> [GradientSums] {
        var sums = [GradientSums](repeating: GradientSums(), count: bins[feature].count)
        let codes = codes(of: feature)
        sums.withUnsafeMutableBufferPointer { sums in
            for row in rows {
                let bin = Int(codes[Int(row)])
                sums[bin].gradient += derivatives[Int(row)].x
                sums[bin].curvature += derivatives[Int(row)].y
                sums[bin].count += 1
            }
        }
        return sums
    }
}
