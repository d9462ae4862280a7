internal import LinearAlgebra
internal import Scoring

/// How each feature becomes a standardised number, learnt from the fitted rows.
struct Standardisation: Sendable {
    /// Terms with weight 0, in the order of the columns.
    var terms: [FeatureTerm]
    /// Features that never vary and are never missing, or always: they get no weight.
    var constant: [String]

    init(_ rows: FeatureRows, fitted: [Int]) {
        var surveyed = [(FeatureTerm, Bool)?](repeating: nil, count: rows.width)
        surveyed.withUnsafeMutableBufferPointer { buffer in
            nonisolated(unsafe) let results = buffer
            let workers = max(1, min(ConcurrentLoop.processors, rows.width))
            ConcurrentLoop.run(workers: workers) { worker in
                for column in stride(from: worker, to: rows.width, by: workers) {
                    results[column] = Self.term(rows, column, fitted)
                }
            }
        }
        terms = []
        constant = []
        for case (let term, let varies)? in surveyed {
            terms.append(term)
            if !varies { constant.append(term.name) }
        }
    }

    /// Chooses the logarithm where it takes most of the skew away.
    private static func term(
        _ rows: FeatureRows, _ column: Int, _ fitted: [Int]
    ) -> (FeatureTerm, varies: Bool) {
        let plain = Moments(rows, column, fitted, .identity)
        var transform = FeatureTransform.identity
        var moments = plain
        if plain.skewness.magnitude > 2 {
            let logarithmic = Moments(rows, column, fitted, .signedLogarithm)
            if logarithmic.skewness.magnitude < plain.skewness.magnitude / 2 {
                transform = .signedLogarithm
                moments = logarithmic
            }
        }
        let varies = moments.deviation > 1e-12 * max(1, moments.mean.magnitude)
        let term = FeatureTerm(
            name: rows.names[column], transform: transform, mean: moments.mean,
            scale: varies ? moments.deviation : 1, weight: 0,
            baseline: transform.inverse(moments.mean))
        return (term, varies || (moments.missing > 0 && moments.missing < fitted.count))
    }

    /// What a forest sees of some rows.
    func forestInputs(
        _ rows: FeatureRows, _ fitted: [Int], _ inputs: ForestTerm.Inputs
    ) -> Matrix {
        Self.inputs(terms, rows, fitted, inputs)
    }

    /// What a forest of a model with these terms sees of some rows.
    static func inputs(
        _ terms: [FeatureTerm], _ rows: FeatureRows, _ fitted: [Int], _ inputs: ForestTerm.Inputs
    ) -> Matrix {
        let matrix = Matrix(rows: fitted.count, columns: rows.width)
        for (place, row) in fitted.enumerated() {
            let to = matrix.row(place)
            for column in 0..<rows.width {
                to[column] = terms[column].forestInput(rows[row, column], inputs)
            }
        }
        return matrix
    }
}

/// Mean, deviation and skewness of one column's present and finite values.
private struct Moments {
    var mean = 0.0
    var deviation = 0.0
    var skewness = 0.0
    var missing = 0

    init(_ rows: FeatureRows, _ column: Int, _ fitted: [Int], _ transform: FeatureTransform) {
        let values = fitted.map { transform(rows[$0, column]) }
        var count = 0.0
        for value in values {
            missing += value.isNaN ? 1 : 0
            guard value.isFinite else { continue }
            count += 1
            mean += value
        }
        guard count > 0 else { return }
        mean /= count
        var (second, third) = (0.0, 0.0)
        for value in values where value.isFinite {
            let difference = value - mean
            second += difference * difference
            third += difference * difference * difference
        }
        deviation = (second / count).squareRoot()
        if deviation > 0 { skewness = third / count / (deviation * deviation * deviation) }
    }
}
