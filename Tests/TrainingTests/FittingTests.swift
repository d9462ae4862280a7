import Glibc
import LinearAlgebra
import Scoring
import Simulation
import Testing

@testable import Training

@Suite struct LogisticRegressionTests {
    /// Rows whose first column is one, and classes drawn from known weights.
    private static func sample(
        _ count: Int, _ truth: [Double], isFraud: inout [Bool]
    ) -> Matrix {
        var random = SeededRandom(seed: 1)
        let design = Matrix(rows: count, columns: truth.count)
        for row in 0..<count {
            let x = design.row(row)
            x[0] = 1
            for column in 1..<truth.count { x[column] = random.normal() }
            let margin = truth.indices.reduce(0) { $0 + truth[$1] * x[$1] }
            isFraud.append(random.chance(1 / (1 + exp(-margin))))
        }
        return design
    }

    @Test func `the gradient vanishes at the fitted weights, by its definition`() throws {
        let truth = [-1, 0.8, -0.5, 0.3, 0]
        var isFraud: [Bool] = []
        let design = Self.sample(3_000, truth, isFraud: &isFraud)
        let logistic = LogisticRegression(penalty: 1e-3)
        let fit = try logistic.fit(
            design, isFraud: isFraud, names: ["intercept", "a", "b", "c", "d"])
        #expect(fit.gradient < 1e-8)
        for column in truth.indices {
            var gradient = column == 0 ? 0 : 1e-3 * fit.weights[column]
            for row in 0..<3_000 {
                let x = design.row(row)
                let margin = truth.indices.reduce(0) { $0 + fit.weights[$1] * x[$1] }
                let residual = 1 / (1 + exp(-margin)) - (isFraud[row] ? 1 : 0)
                gradient += residual * x[column] / 3_000
            }
            #expect(abs(gradient) < 1.1e-8)
            #expect(abs(fit.weights[column] - truth[column]) < 0.2)
        }
    }

    @Test func `one class, dependent columns and separation are named`() {
        var isFraud: [Bool] = []
        let design = Self.sample(200, [0, 1, 1], isFraud: &isFraud)
        let names = ["intercept", "a", "b"]
        #expect(throws: TrainingError.oneClass("the fitted range", isFraud: false)) {
            try LogisticRegression().fit(
                design, isFraud: [Bool](repeating: false, count: 200), names: names)
        }
        let doubled = Matrix(rows: 200, columns: 3)
        for row in 0..<200 {
            doubled.row(row)[0] = 1
            doubled.row(row)[1] = design.row(row)[1]
            doubled.row(row)[2] = 2 * design.row(row)[1]
        }
        #expect(throws: TrainingError.dependent(term: "b")) {
            try LogisticRegression(penalty: 0).fit(doubled, isFraud: isFraud, names: names)
        }
        let separated = (0..<200).map { design.row($0)[1] > 0 }
        #expect(throws: TrainingError.separated(term: "a")) {
            try LogisticRegression(penalty: 0).fit(design, isFraud: separated, names: names)
        }
        #expect(throws: Never.self) {
            try LogisticRegression(penalty: 1e-4).fit(design, isFraud: separated, names: names)
        }
    }
}

@Suite struct IsolationForestFitTests {
    private static func cloud(_ count: Int, outliers: Int) -> Matrix {
        var random = SeededRandom(seed: 4)
        let rows = Matrix(rows: count, columns: 3)
        for row in 0..<count {
            for column in 0..<3 {
                rows.row(row)[column] = row < outliers ? 6 + random.normal() : random.normal()
            }
        }
        return rows
    }

    @Test func `outliers score as more unusual than the others`() throws {
        let rows = Self.cloud(600, outliers: 6)
        let fit = try IsolationForestFit(trees: 50, subsample: 64, seed: 1).fit(rows)
        let scores = fit.outOfBagScores(rows)
        let isOutlier = (0..<600).map { $0 < 6 }
        #expect(RankMetrics.areaUnderCurve(scores: scores, isFraud: isOutlier) > 0.98)
        // Usual rows have paths of about c(ψ), hence s of about −1.
        #expect(abs(scores[300] + 1) < 0.3)
    }

    @Test func `trees keep all rows of the subsample and the paper's height limit`() throws {
        let fit = try IsolationForestFit(trees: 10, subsample: 100, seed: 2)
            .fit(Self.cloud(300, outliers: 3))
        #expect(fit.forest.trees.allSatisfy { $0.size == 100 && $0.depth <= 7 })
        #expect(fit.drawn.allSatisfy { Set($0).count == 100 })
    }

    @Test func `equal seeds give equal forests, others do not`() throws {
        let rows = Self.cloud(300, outliers: 3)
        let fit = IsolationForestFit(trees: 5, subsample: 64, seed: 3)
        #expect(try fit.fit(rows).forest == fit.fit(rows).forest)
        #expect(
            try IsolationForestFit(trees: 5, subsample: 64, seed: 4).fit(rows).forest
                != fit.fit(rows).forest)
    }

    @Test func `out-of-bag scores leave out the trees that saw the row`() throws {
        let rows = Self.cloud(120, outliers: 2)
        let fit = try IsolationForestFit(trees: 8, subsample: 40, seed: 5).fit(rows)
        let scores = fit.outOfBagScores(rows)
        for row in 0..<120 {
            let values = rows.row(row)
            let others = fit.forest.trees.indices.filter { !fit.drawn[$0].contains(row) }
            guard !others.isEmpty else { continue }
            let mean =
                others.reduce(0) { $0 + fit.forest.trees[$1].pathLength { values[$0] } }
                / Double(others.count)
            #expect(abs(scores[row] + mean / PathLength.average(count: 40)) < 1e-12)
        }
    }

    @Test func `rows that are all the same make leaves, not loops`() throws {
        let rows = Matrix(rows: 50, columns: 2)
        let fit = try IsolationForestFit(trees: 2, subsample: 32, seed: 1).fit(rows)
        #expect(fit.forest.depth == 0)
    }
}

@Suite struct MetricsTests {
    @Test func `areas are those of small examples worked by hand`() {
        let isFraud = [true, false, true, false, false]
        let scores = [0.9, 0.8, 0.7, 0.7, 0.1]
        // Pairs in order: 3 of the first fraud, 1.5 of the second, of 6.
        #expect(RankMetrics.areaUnderCurve(scores: scores, isFraud: isFraud) == 4.5 / 6)
        // Half the recall at precision 1, half at 2/4.
        #expect(RankMetrics.averagePrecision(scores: scores, isFraud: isFraud) == 0.75)
    }

    @Test func `calibration finds the slope and offset that made the classes`() {
        var random = SeededRandom(seed: 6)
        let margins = (0..<20_000).map { _ in 2 * random.normal() }
        let isFraud = margins.map { random.chance(1 / (1 + exp(-(0.7 * $0 - 1)))) }
        let calibration = PlattCalibration.fit(margins: margins, isFraud: isFraud)
        #expect(abs(calibration.slope - 0.7) < 0.05 && abs(calibration.offset + 1) < 0.06)
        let reversed = PlattCalibration.fit(margins: margins.map { -$0 }, isFraud: isFraud)
        #expect(reversed.slope > 0)
    }
}
