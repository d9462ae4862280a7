internal import LinearAlgebra
internal import Scoring

/// How each feature becomes a standardised number, learnt from the fitted rows.
struct Standardisation: Sendable {
    /// Terms with weight 0, in the order of the columns.
    var terms: [FeatureTerm]
    /// Features that never vary: they get no weight.
    var constant: [String]

    /// Missing values have a term of their own where at least so many rows, and this share, are
    /// missing or present.
    static let leastMissing = 50
    private static let leastShare = 0.002

    init(_ rows: FeatureRows, fitted: Range<Int>) {
        terms = []
        constant = []
        for column in 0..<rows.width {
            var (term, varies) = Self.term(rows, column, fitted)
            let missing = fitted.reduce(0) { $0 + (rows[$1, column].isNaN ? 1 : 0) }
            let rarer = min(missing, fitted.count - missing)
            if rarer >= Self.leastMissing,
                Double(rarer) >= Self.leastShare * Double(fitted.count)
            {
                term.missing = MissingTerm(
                    share: Double(missing) / Double(fitted.count), weight: 0)
                varies = true
            }
            if !varies { constant.append(term.name) }
            terms.append(term)
        }
    }

    /// Chooses the logarithm where it takes most of the skew away.
    private static func term(
        _ rows: FeatureRows, _ column: Int, _ fitted: Range<Int>
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
        return (term, varies)
    }

    /// Standardised values of some rows, missing ones 0.
    func standardised(_ rows: FeatureRows, _ range: Range<Int>) -> Matrix {
        let matrix = Matrix(rows: range.count, columns: rows.width)
        for row in range {
            let to = matrix.row(row - range.lowerBound)
            for column in 0..<rows.width {
                to[column] = terms[column].standardised(rows[row, column])
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

    init(
        _ rows: FeatureRows, _ column: Int, _ range: Range<Int>, _ transform: FeatureTransform
    ) {
        var count = 0.0
        for row in range {
            let value = transform(rows[row, column])
            guard value.isFinite else { continue }
            count += 1
            mean += value
        }
        guard count > 0 else { return }
        mean /= count
        var (second, third) = (0.0, 0.0)
        for row in range {
            let value = transform(rows[row, column])
            guard value.isFinite else { continue }
            let difference = value - mean
            second += difference * difference
            third += difference * difference * difference
        }
        deviation = (second / count).squareRoot()
        if deviation > 0 { skewness = third / count / (deviation * deviation * deviation) }
    }
}
