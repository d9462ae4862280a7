internal import LinearAlgebra
internal import Scoring

/// The terms of the stacked model and the columns of its design matrix: intercept, features that
/// vary, missing indicators, forest.
struct Stack {
    private(set) var terms: [FeatureTerm]
    private(set) var forest: ForestTerm
    private(set) var intercept = 0.0
    private let features: [Int]
    private let indicators: [Int]

    init(_ standardisation: Standardisation, _ forest: ForestTerm) {
        terms = standardisation.terms
        self.forest = forest
        let constant = Set(standardisation.constant)
        features = terms.indices.filter { [terms] in !constant.contains(terms[$0].name) }
        indicators = terms.indices.filter { [terms] in terms[$0].missing != nil }
    }

    var columnNames: [String] {
        ["intercept"] + features.map { terms[$0].name }
            + indicators.map { terms[$0].name + " (missing)" } + [Explanation.forestName]
    }

    /// The design matrix of some rows, from their standardised values and their forest scores.
    func design(
        _ rows: FeatureRows, _ range: Range<Int>, _ standardised: borrowing Matrix,
        forestScores: [Double]
    ) -> Matrix {
        let columns = 2 + features.count + indicators.count
        let design = Matrix(rows: range.count, columns: columns)
        for index in 0..<range.count {
            let from = standardised.row(index)
            let to = design.row(index)
            to[0] = 1
            for (place, feature) in features.enumerated() { to[1 + place] = from[feature] }
            for (place, feature) in indicators.enumerated() {
                let isMissing = rows[range.lowerBound + index, feature].isNaN
                to[1 + features.count + place] =
                    terms[feature].missing?.centred(isMissing: isMissing) ?? 0
            }
            to[columns - 1] = (forestScores[index] - forest.mean) * (1 / forest.scale)
        }
        return design
    }

    /// Takes over fitted weights, one a column.
    mutating func take(_ weights: [Double]) {
        intercept = weights[0]
        for (place, feature) in features.enumerated() { terms[feature].weight = weights[1 + place] }
        for (place, feature) in indicators.enumerated() {
            terms[feature].missing?.weight = weights[1 + features.count + place]
        }
        forest.weight = weights[weights.count - 1]
    }

    /// The forest's score of rows it was not grown from.
    func forestScores(_ standardised: borrowing Matrix) -> [Double] {
        forest.forest.scores(standardised, threads: ConcurrentLoop.processors)
    }

    /// Margins before calibration.
    func margins(_ rows: FeatureRows, _ range: Range<Int>) -> [Double] {
        let standardised = Matrix(rows: range.count, columns: rows.width)
        for row in range {
            let to = standardised.row(row - range.lowerBound)
            for column in 0..<rows.width {
                to[column] = terms[column].standardised(rows[row, column])
            }
        }
        let scores = forestScores(standardised)
        return range.map { row in
            let index = row - range.lowerBound
            let from = standardised.row(index)
            var margin = intercept
            for column in 0..<rows.width {
                margin += terms[column].weight * from[column]
                if let missing = terms[column].missing {
                    margin += missing.weight * missing.centred(isMissing: rows[row, column].isNaN)
                }
            }
            return margin + forest.weight * (scores[index] - forest.mean) * (1 / forest.scale)
        }
    }
}
