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

    private static let names = ["intercept", "a", "b"]

    @Test func `a row of weight 3 is the same as three rows, one of weight 0 as none`() throws {
        var isFraud: [Bool] = []
        let design = Self.sample(300, [-0.5, 1, -1], isFraud: &isFraud)
        let weights = (0..<300).map { Double($0 % 4) }
        let weighted = try LogisticRegression(penalty: 1e-2).fit(
            design, isFraud: isFraud, rowWeights: weights, names: Self.names)
        let copies = (0..<300).flatMap { [Int](repeating: $0, count: $0 % 4) }
        let repeated = Matrix(rows: copies.count, columns: 3)
        for (place, row) in copies.enumerated() {
            repeated.row(place).update(from: design.row(row), count: 3)
        }
        let plain = try LogisticRegression(penalty: 1e-2).fit(
            repeated, isFraud: copies.map { isFraud[$0] }, names: Self.names)
        for (a, b) in zip(weighted.weights, plain.weights) { #expect(abs(a - b) < 1e-9) }
        #expect(abs(weighted.objective - plain.objective) < 1e-12)
    }

    @Test(arguments: [1_000, 140_000])
    func `the objective is no higher than at any weights nearby, twice the same bits`(
        rows: Int
    ) throws {
        // The larger table has its start from a sample.
        var isFraud: [Bool] = []
        let truth = [-2, 0.8, -0.5]
        let design = Self.sample(rows, truth, isFraud: &isFraud)
        let logistic = LogisticRegression(penalty: 1e-4)
        let fit = try logistic.fit(design, isFraud: isFraud, names: Self.names)
        #expect(fit == (try logistic.fit(design, isFraud: isFraud, names: Self.names)))
        #expect(fit.gradient < 1e-8)
        func objective(_ weights: [Double]) -> Double {
            var sum = 0.0
            for row in 0..<rows {
                let x = design.row(row)
                let margin = weights[0] * x[0] + weights[1] * x[1] + weights[2] * x[2]
                sum += log1p(exp(isFraud[row] ? -margin : margin))
            }
            return sum / Double(rows)
                + 0.5e-4 * (weights[1] * weights[1] + weights[2] * weights[2])
        }
        let found = objective(fit.weights)
        #expect(abs(found - fit.objective) < 1e-12)
        for column in 0..<3 {
            for change in [-1e-3, 1e-3] {
                var weights = fit.weights
                weights[column] += change
                #expect(objective(weights) > found)
            }
        }
    }

    @Test(arguments: [0, 1e-3])
    func `constant columns are named and have no weight`(penalty: Double) throws {
        var isFraud: [Bool] = []
        let design = Self.sample(500, [-0.5, 1, 0], isFraud: &isFraud)
        for row in 0..<500 { design.row(row)[2] = 7 }
        let fit = try LogisticRegression(penalty: penalty).fit(
            design, isFraud: isFraud, names: Self.names)
        #expect(fit.constantColumns == ["b"] && fit.weights[2] == 0)
        #expect(fit.separatingColumns.isEmpty && !fit.isSeparated)
        let without = Matrix(rows: 500, columns: 2)
        for row in 0..<500 { without.row(row).update(from: design.row(row), count: 2) }
        let same = try LogisticRegression(penalty: penalty).fit(
            without, isFraud: isFraud, names: ["intercept", "a"])
        for column in 0..<2 { #expect(abs(same.weights[column] - fit.weights[column]) < 1e-9) }
    }

    @Test func `a penalty keeps separated weights finite, and the columns are named`() throws {
        var isFraud: [Bool] = []
        let design = Self.sample(400, [0, 1, 1], isFraud: &isFraud)
        // Some frauds, and no honest row, have a mark.
        for row in 0..<400 { design.row(row)[2] = isFraud[row] && row % 7 == 0 ? 1 : 0 }
        let marked = try LogisticRegression().fit(design, isFraud: isFraud, names: Self.names)
        #expect(marked.separatingColumns == ["b"] && !marked.isSeparated)
        #expect(throws: TrainingError.separated(term: "b")) {
            try LogisticRegression(penalty: 0).fit(design, isFraud: isFraud, names: Self.names)
        }
    }

    @Test func `classes that only several columns together separate are found out`() throws {
        var isFraud: [Bool] = []
        let design = Self.sample(400, [0, 1, 1], isFraud: &isFraud)
        let separated = (0..<400).map { design.row($0)[1] + design.row($0)[2] > 0.3 }
        let fit = try LogisticRegression(penalty: 1e-6).fit(
            design, isFraud: separated, names: Self.names)
        #expect(fit.isSeparated && fit.separatingColumns.isEmpty)
        let plain = LogisticRegression(penalty: 0)
        do {
            _ = try plain.fit(design, isFraud: separated, names: Self.names)
            Issue.record("was fitted")
        } catch {
            guard case .separated = error else { throw error }
        }
        // Nearly: on the boundary itself both classes occur.
        let touching = Matrix(rows: 420, columns: 3)
        for row in 0..<400 { touching.row(row).update(from: design.row(row), count: 3) }
        var classes = separated
        for row in 400..<420 {
            let to = touching.row(row)
            to[0] = 1
            to[1] = Double(row - 410) / 8
            to[2] = 0.3 - to[1]
            classes.append(row % 2 == 0)
        }
        do {
            _ = try plain.fit(touching, isFraud: classes, names: Self.names)
            Issue.record("was fitted")
        } catch {
            guard case .separated = error else { throw error }
        }
    }

    @Test func `a value that is not finite is named`() {
        var isFraud: [Bool] = []
        let design = Self.sample(200, [0, 1, 1], isFraud: &isFraud)
        design.row(11)[2] = -.infinity
        #expect(throws: TrainingError.notFinite(row: 11, column: "b", value: -.infinity)) {
            try LogisticRegression().fit(design, isFraud: isFraud, names: Self.names)
        }
    }
}
