internal import LinearAlgebra
internal import Scoring

/// What is made of rows before a scorecard is fitted to them: standardisation, forest, fine bins.
struct FitPreparation {
    let options: TrainingOptions
    let inputs: ForestTerm.Inputs

    func table(_ rows: FeatureRows, _ fitted: [Int]) throws(TrainingError) -> FitTable {
        let standardisation = Standardisation(rows, fitted: fitted)
        guard standardisation.constant.count < rows.width else { throw .allConstant }
        guard options.kind == .stack else {
            return FitTable(
                rows, fitted, standardisation, forest: nil, forestScores: [],
                categories: options.categories)
        }
        let (term, scores) = try forest(rows, fitted, standardisation)
        return FitTable(
            rows, fitted, standardisation, forest: term, forestScores: scores,
            categories: options.categories)
    }

    /// A forest of some rows, and their out-of-bag scores.
    func forest(
        _ rows: FeatureRows, _ fitted: [Int], _ standardisation: Standardisation
    ) throws(TrainingError) -> (ForestTerm, [Double]) {
        let matrix = standardisation.forestInputs(rows, fitted, inputs)
        let fit = try IsolationForestFit(
            trees: options.trees, subsample: options.subsample, seed: options.seed
        ).fit(matrix, names: rows.names)
        let scores = fit.outOfBagScores(matrix)
        let count = Double(scores.count)
        let mean = scores.reduce(0, +) / count
        let variance = scores.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
        let term = ForestTerm(
            forest: fit.forest, inputs: inputs, mean: mean,
            scale: variance > 1e-24 ? variance.squareRoot() : 1, weight: 0)
        return (term, scores)
    }
}
