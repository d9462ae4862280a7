internal import Glibc
internal import LinearAlgebra

/// Scores rows of features with one model. Owns its work space: nothing is allocated per call.
///
/// Rows are worked on in tiles of 64, padded with zeros and stored feature by feature, so that
/// every row takes the same path through the same kernels: its score does not depend on what else
/// is in the batch.
public struct Scorer: ~Copyable, Sendable {
    /// Doubles from the start of one input row to the next, ``LinearAlgebra/Matrix/stride(columns:)``.
    /// Rows begin 64-byte aligned.
    public let rowStride: Int
    /// Number of features of a row.
    public let featureCount: Int
    /// The model whose scores these are.
    public let model: RiskModel

    private static let tileRows = FlatForest.tileRows
    /// Rows that the widest kernels of `dgemv` take at once.
    private static let blockRows = 16

    private let terms: [CompiledTerm]
    private let steps: CompiledSteps
    private let forest: CompiledForest?
    private let flatForest: FlatForest
    /// Standardised features, then the forest's score; `tileRows` values each.
    private let tile: AlignedBuffer<Double>
    /// Keys of the values themselves, as `tile`.
    private let rawKeys: AlignedBuffer<Int32>
    /// Keys of what the forest sees, as `tile`.
    private let keys: AlignedBuffer<Int32>
    private let pathSums: AlignedBuffer<Double>
    private let weights: AlignedBuffer<Double>
    private let logOdds: AlignedBuffer<Double>
    private let columns: Int
    private let pairNames: [String]
    private let offset: Double
    private let rounds: Bool
    private let link: ScoreLink

    private struct CompiledTerm: Sendable {
        let isLogarithmic: Bool
        let mean: Double
        let inverseScale: Double
        /// What a forest of raw values sees where this one is missing.
        let missing: Double
    }

    private struct CompiledForest: Sendable {
        let inputs: ForestTerm.Inputs
        let mean: Double
        let inverseScale: Double
    }

    /// A scorer for `model`, with its own work space.
    public init(_ model: RiskModel) {
        self.model = model
        featureCount = model.terms.count
        rowStride = Matrix.stride(columns: model.terms.count)
        rounds = model.precision == .single
        link = model.link
        let slope = model.calibration.slope
        terms = model.terms.map {
            CompiledTerm(
                isLogarithmic: $0.transform == .signedLogarithm, mean: $0.mean,
                inverseScale: 1 / $0.scale,
                missing: $0.missingForestInput(model.forest?.inputs ?? .raw))
        }
        steps = CompiledSteps(model)
        var weights = model.terms.map { slope * $0.weight }
        if let term = model.forest {
            forest = CompiledForest(
                inputs: term.inputs, mean: term.mean, inverseScale: 1 / term.scale)
            flatForest = FlatForest(term.forest)
            weights.append(slope * term.weight)
        } else {
            forest = nil
            flatForest = FlatForest()
        }
        columns = weights.count
        pairNames = model.pairs.map { model.name(of: $0) }
        offset = slope * model.intercept + model.calibration.offset
        self.weights = AlignedBuffer(weights)
        tile = AlignedBuffer(count: weights.count * Self.tileRows)
        rawKeys = AlignedBuffer(count: model.terms.count * Self.tileRows)
        keys = AlignedBuffer(count: model.terms.count * Self.tileRows)
        pathSums = AlignedBuffer(count: Self.tileRows)
        logOdds = AlignedBuffer(count: Self.tileRows)
    }

    /// Calibrated probabilities of fraud of `count` rows, each `rowStride` doubles from the one
    /// before. A missing value is NaN.
    public mutating func score(
        rows: UnsafePointer<Double>, count: Int, into probabilities: UnsafeMutablePointer<Double>
    ) {
        logOdds(rows: rows, count: count, into: probabilities)
        for row in 0..<count {
            probabilities[row] = link.score(ofSum: probabilities[row])
        }
    }

    /// Calibrated log-odds of fraud of the same rows: also where probabilities are too near to 0 or
    /// 1 to be told apart.
    public mutating func logOdds(
        rows: UnsafePointer<Double>, count: Int, into results: UnsafeMutablePointer<Double>
    ) {
        var done = 0
        while done < count {
            let taken = min(Self.tileRows, count - done)
            scoreTile(rows + done * rowStride, count: taken)
            (results + done).update(from: logOdds.pointer, count: taken)
            done += taken
        }
    }

    /// What each feature, each pair and the forest add to the calibrated log-odds of one row,
    /// against what they add on average.
    public mutating func contributions(row: UnsafePointer<Double>) -> Explanation {
        scoreTile(row, count: 1)
        return Explanation(
            parts: (0..<partCount).map { part($0, at: 0, row: row) }, intercept: offset,
            logOdds: logOdds.pointer[0], link: link)
    }

    /// The parts that speak most for fraud of a row that was just scored, the largest first; equal ones in the order
    /// of ``Explanation/parts``. They are bit for bit those of ``contributions(row:)``, but are read from what
    /// scoring left behind, and only those asked for are made.
    ///
    /// - Parameters:
    ///   - count: how many at most.
    ///   - place: which row it was of the last call to ``score(rows:count:into:)``, of at most 64 rows.
    ///   - row: the row itself.
    public func strongestParts(
        _ count: Int, at place: Int, row: UnsafePointer<Double>
    ) -> [Explanation.Part] {
        precondition(place >= 0 && place < Self.tileRows)
        var strongest = Strongest(count)
        for number in 0..<featureCount { strongest.offer(number, contribution(number, at: place)) }
        steps.forEachCell(at: place) { strongest.offer(featureCount + $0, $1) }
        if forest != nil {
            strongest.offer(partCount - 1, weighted(column: columns - 1, at: place))
        }
        return strongest.numbers.map { part($0, at: place, row: row) }
    }

    /// Features, then pairs, then the forest.
    private var partCount: Int { featureCount + pairNames.count + (forest == nil ? 0 : 1) }

    @inline(__always)
    private func contribution(_ number: Int, at place: Int) -> Double {
        if number < featureCount {
            return weighted(column: number, at: place)
                + steps.step(ofFeature: number, at: place)
        }
        let pair = number - featureCount
        if pair < pairNames.count { return steps.cell(ofPair: pair, at: place) }
        return weighted(column: columns - 1, at: place)
    }

    private func part(
        _ number: Int, at place: Int, row: UnsafePointer<Double>
    ) -> Explanation.Part {
        let contribution = contribution(number, at: place)
        if number < featureCount {
            let term = model.terms[number]
            return Explanation.Part(
                name: term.name, feature: number, value: row[number], baseline: term.baseline,
                contribution: contribution)
        }
        let index = number - featureCount
        if index < pairNames.count {
            let pair = model.pairs[index]
            return Explanation.Part(
                name: pairNames[index], feature: pair.first, second: pair.second,
                value: row[pair.first], baseline: model.terms[pair.first].baseline,
                contribution: contribution)
        }
        let (mean, inverseScale) = forest.map { ($0.mean, $0.inverseScale) } ?? (0, 1)
        let standardised = tile.pointer[(columns - 1) * Self.tileRows + place]
        return Explanation.Part(
            name: Explanation.forestName, feature: nil,
            value: standardised / inverseScale + mean, baseline: mean,
            contribution: contribution)
    }

    @inline(__always)
    private func weighted(column: Int, at place: Int) -> Double {
        weights.pointer[column] * tile.pointer[column * Self.tileRows + place]
    }

    /// Leaves the terms of `count` rows in `tile` and their log-odds in `logOdds`.
    private mutating func scoreTile(_ rows: UnsafePointer<Double>, count: Int) {
        logOdds.pointer.update(repeating: offset, count: Self.tileRows)
        for feature in 0..<featureCount { standardise(feature, rows + feature, count: count) }
        steps.add(
            keys: rawKeys.pointer, rows: rows, stride: rowStride, count: count,
            to: logOdds.pointer)
        scoreForest(count: count)
        // Whole blocks of the product's kernels, so that a row's place among them makes no difference.
        let rows = (count + Self.blockRows - 1) / Self.blockRows * Self.blockRows
        Products.gemv(
            columnMajor: tile.pointer, rows: rows, columns: columns, stride: Self.tileRows,
            times: weights.pointer, beta: 1, into: logOdds.pointer)
    }

    private mutating func standardise(
        _ feature: Int, _ values: UnsafePointer<Double>, count: Int
    ) {
        let term = terms[feature]
        let column = tile.pointer + feature * Self.tileRows
        let rawKeys = self.rawKeys.pointer + feature * Self.tileRows
        let keys = self.keys.pointer + feature * Self.tileRows
        for row in 0..<count { column[row] = values[row * rowStride] }
        if rounds {
            for row in 0..<count { column[row] = InputPrecision.single(column[row]) }
        }
        for row in 0..<count { rawKeys[row] = FlatForest.key(orMissing: column[row]) }
        if term.isLogarithmic {
            for row in 0..<count {
                column[row] = FeatureTransform.signedLogarithm(of: column[row])
            }
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
        guard let forest, forest.inputs != .standardised else { return }
        let missing = FlatForest.key(clamping: term.missing)
        for row in 0..<count {
            keys[row] = rawKeys[row] == FlatForest.missingKey ? missing : rawKeys[row]
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

extension RiskModel {
    /// A pair as it is called in explanations, such as `amount × payee.age`.
    public func name(of pair: PairTerm) -> String {
        "\(terms[pair.first].name) × \(terms[pair.second].name)"
    }
}
