internal import LinearAlgebra
internal import Scoring

/// How much each term of a model has to say: the mean size of its part in the log-odds.
enum TermImportance {
    private static let rowLimit = 4_000

    /// Over an even sample of some rows, the largest first.
    static func measure(
        _ model: RiskModel, _ rows: FeatureRows, _ judged: [Int]
    ) -> [TrainingReport.Weight] {
        var scorer = Scorer(model)
        let every = max(1, judged.count / rowLimit)
        let row = Matrix(rows: 1, columns: rows.width)
        var sums: [Double] = []
        var names: [String] = []
        var count = 0.0
        for place in stride(from: 0, to: judged.count, by: every) {
            for column in 0..<rows.width { row.pointer[column] = rows[judged[place], column] }
            let parts = scorer.contributions(row: row.pointer).parts
            if sums.isEmpty {
                sums = [Double](repeating: 0, count: parts.count)
                names = parts.map(\.name)
            }
            for (index, part) in parts.enumerated() {
                sums[index] += part.contribution.magnitude
            }
            count += 1
        }
        let weights = zip(names, sums).map {
            TrainingReport.Weight(name: $0, weight: $1 / max(1, count))
        }
        return weights.enumerated().sorted {
            $0.element.weight == $1.element.weight
                ? $0.offset < $1.offset : $0.element.weight > $1.element.weight
        }.map(\.element)
    }
}
