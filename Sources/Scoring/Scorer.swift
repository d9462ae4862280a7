internal import Glibc
internal import LinearAlgebra

/// Scores rows of features with one model. Owns its work space: nothing is allocated per call.
///
/// Rows are worked on in tiles of 64, padded with zeros and stored feature by feature, so that
/// every row takes the same path through the same kernels: its score does not depend on what else
/// is in the batch.
public struct Scorer: ~Copyable, Sendable {
    /// Doubles from the start of one input row to the next: the number of features rounded up to 8.
    /// Rows begin 64-byte aligned.
    public let rowStride: Int
    /// Number of features of a row.
    public let featureCount: Int
    /// The model whose scores these are.
    public let model: RiskModel

    private static let tileRows = FlatForest.tileRows

    private let terms: [CompiledTerm]
    private let missing: [CompiledMissing]
    private let forest: CompiledForest?
    private let flatForest: FlatForest
    /// Standardised features, then missing indicators, then the forest's score; `tileRows` values
    /// each.
    private let tile: AlignedBuffer<Double>
    private let keys: AlignedBuffer<Int32>
    private let pathSums: AlignedBuffer<Double>
    private let weights: AlignedBuffer<Double>
    private let logOdds: AlignedBuffer<Double>
    private let columns: Int
    private let offset: Double

    private struct CompiledTerm: Sendable {
        let isLogarithmic: Bool
        let mean: Double
        let inverseScale: Double
    }

    private struct CompiledMissing: Sendable {
        let feature: Int
        let share: Double
    }

    private struct CompiledForest: Sendable {
        let mean: Double
        let inverseScale: Double
    }

    /// A scorer for `model`, with its own work space.
    public init(_ model: RiskModel) {
        self.model = model
        featureCount = model.terms.count
        rowStride = Matrix.stride(columns: model.terms.count)
        let slope = model.calibration.slope
        terms = model.terms.map {
            CompiledTerm(
                isLogarithmic: $0.transform == .signedLogarithm, mean: $0.mean,
                inverseScale: 1 / $0.scale)
        }
        var weights = model.terms.map { slope * $0.weight }
        var missing: [CompiledMissing] = []
        for (feature, term) in model.terms.enumerated() {
            guard let part = term.missing else { continue }
            missing.append(CompiledMissing(feature: feature, share: part.share))
            weights.append(slope * part.weight)
        }
        self.missing = missing
        if let term = model.forest {
            forest = CompiledForest(mean: term.mean, inverseScale: 1 / term.scale)
            flatForest = FlatForest(term.forest)
            weights.append(slope * term.weight)
        } else {
            forest = nil
            flatForest = FlatForest()
        }
        columns = weights.count
        offset = slope * model.intercept + model.calibration.offset
        self.weights = AlignedBuffer(weights)
        tile = AlignedBuffer(count: weights.count * Self.tileRows)
        keys = AlignedBuffer(count: model.terms.count * Self.tileRows)
        pathSums = AlignedBuffer(count: Self.tileRows)
        logOdds = AlignedBuffer(count: Self.tileRows)
    }

    /// Calibrated probabilities of fraud of `count` rows, each `rowStride` doubles from the one
    /// before. A missing value is NaN.
    public mutating func score(
        rows: UnsafePointer<Double>, count: Int, into probabilities: UnsafeMutablePointer<Double>
    ) {
        var done = 0
        while done < count {
            let taken = min(Self.tileRows, count - done)
            scoreTile(rows + done * rowStride, count: taken)
            for row in 0..<taken {
                probabilities[done + row] = Explanation.probability(
                    logOdds: logOdds.pointer[row])
            }
            done += taken
        }
    }

    /// What each feature, and the forest, adds to the calibrated log-odds of one row, against what
    /// is usual.
    public mutating func contributions(row: UnsafePointer<Double>) -> Explanation {
        scoreTile(row, count: 1)
        var added = [Double](repeating: 0, count: featureCount)
        for feature in 0..<featureCount { added[feature] = part(column: feature) }
        for (index, indicator) in missing.enumerated() {
            added[indicator.feature] += part(column: featureCount + index)
        }
        var parts = model.terms.indices.map {
            Explanation.Part(
                name: model.terms[$0].name, feature: $0, value: row[$0],
                baseline: model.terms[$0].baseline, contribution: added[$0])
        }
        if let term = model.forest, let forest {
            let standardised = tile.pointer[(columns - 1) * Self.tileRows]
            parts.append(
                Explanation.Part(
                    name: Explanation.forestName, feature: nil,
                    value: standardised / forest.inverseScale + term.mean, baseline: term.mean,
                    contribution: part(column: columns - 1)))
        }
        return Explanation(parts: parts, intercept: offset, logOdds: logOdds.pointer[0])
    }

    private func part(column: Int) -> Double {
        weights.pointer[column] * tile.pointer[column * Self.tileRows]
    }

    /// Leaves the terms of `count` rows in `tile` and their log-odds in `logOdds`.
    private mutating func scoreTile(_ rows: UnsafePointer<Double>, count: Int) {
        for feature in 0..<featureCount { standardise(feature, rows + feature, count: count) }
        for (index, indicator) in missing.enumerated() {
            let column = tile.pointer + (featureCount + index) * Self.tileRows
            let values = rows + indicator.feature
            for row in 0..<count {
                column[row] = (values[row * rowStride].isNaN ? 1 : 0) - indicator.share
            }
        }
        scoreForest(count: count)
        logOdds.pointer.update(repeating: offset, count: Self.tileRows)
        Products.gemv(
            columnMajor: tile.pointer, rows: Self.tileRows, columns: columns,
            stride: Self.tileRows, times: weights.pointer, beta: 1, into: logOdds.pointer)
    }

    private mutating func standardise(
        _ feature: Int, _ values: UnsafePointer<Double>, count: Int
    ) {
        let term = terms[feature]
        let column = tile.pointer + feature * Self.tileRows
        let keys = self.keys.pointer + feature * Self.tileRows
        if term.isLogarithmic {
            for row in 0..<count {
                column[row] = FeatureTransform.signedLogarithm(of: values[row * rowStride])
            }
        } else {
            for row in 0..<count { column[row] = values[row * rowStride] }
        }
        let (mean, inverseScale) = (term.mean, term.inverseScale)
        let clip = FeatureTerm.clip
        for row in 0..<count {
            let z = (column[row] - mean) * inverseScale
            let low = z < -clip ? -clip : z
            let clipped = low > clip ? clip : low
            let present = clipped == clipped ? clipped : 0
            column[row] = present
            keys[row] = FlatForest.key(of: present)
        }
    }

    private mutating func scoreForest(count: Int) {
        guard let forest else { return }
        pathSums.pointer.update(repeating: 0, count: Self.tileRows)
        flatForest.addPathLengths(tile: keys.pointer, count: count, to: pathSums.pointer)
        let factor = flatForest.scoreFactor
        let column = tile.pointer + (columns - 1) * Self.tileRows
        for row in 0..<count {
            column[row] = (pathSums.pointer[row] * factor - forest.mean) * forest.inverseScale
        }
    }
}
