internal import Glibc
public import LinearAlgebra

/// Logistic regression with an L2 penalty, fitted by Newton's method (iteratively reweighted least
/// squares).
///
/// Minimises Σ vᵢ log(1 + exp(−yᵢ mᵢ)) / Σ vᵢ + (penalty/2) Σ wⱼ² over the margins m = X·w, y = ±1,
/// with row weights v; column 0 of X is the intercept's and is not penalised. Sums are taken over
/// blocks of rows in one order, by one thread: equal input gives equal bytes.
///
/// McCullagh, Nelder: *Generalized Linear Models*, 2nd ed. 1989, section 2.5.
public struct LogisticRegression: Sendable, Equatable {
    /// λ of the mean loss; 0 for maximum likelihood. The `C` of other libraries is 1 / (λ·n).
    public var penalty: Double
    /// The largest component of the gradient of the mean loss at which the fit is done.
    public var tolerance: Double
    /// Newton steps after which the fit ends even if it is not done.
    public var maximumIterations: Int

    /// A fit with what is usual for all that is not given.
    public init(penalty: Double = 1e-3, tolerance: Double = 1e-8, maximumIterations: Int = 100) {
        self.penalty = penalty
        self.tolerance = tolerance
        self.maximumIterations = maximumIterations
    }

    /// The fitted weights.
    public struct Fit: Sendable, Equatable {
        /// One a column; the first is the intercept.
        public var weights: [Double]
        /// Newton steps that were taken over all rows.
        public var iterations: Int
        /// Largest component of the gradient of the mean loss.
        public var gradient: Double
        /// Value of what is minimised.
        public var objective: Double
        /// Names of columns that never vary: their weight is 0.
        public var constantColumns: [String] = []
        /// Names of columns that tell frauds from honest rows by themselves, at least on one side
        /// of some value: only the penalty keeps their weights finite.
        public var separatingColumns: [String] = []
        /// Whether the fitted weights put every row on its own side: only the penalty keeps them
        /// finite.
        public var isSeparated = false
    }

    /// Where a fit of many rows begins: with one row in so many, if that leaves enough of them.
    private static let sampleEvery = 32
    private static let sampleRows = 4_096
    /// The sample only has to come near: what it is off by chance is more.
    private static let sampleTolerance = 1e-4

    /// Fits `design` (its first column all ones) to `isFraud`, one a row; `rowWeights` are 0 or
    /// more, all 1 if nil. `names` of the columns are for errors and for what the fit tells.
    ///
    /// Throws if one class is absent, if a value is not finite, and, without a penalty, if columns
    /// depend on one another or classes are separated, naming the column.
    public func fit(
        _ design: borrowing Matrix, isFraud: [Bool], rowWeights: [Double]? = nil,
        names: [String], progress: (Int) -> Void = { _ in }
    ) throws(TrainingError) -> Fit {
        precondition(design.rows == isFraud.count && design.columns == names.count)
        if let rowWeights {
            precondition(rowWeights.count == isFraud.count)
            precondition(rowWeights.allSatisfy { $0 >= 0 && $0.isFinite }, "a weight is below 0")
        }
        let null = try Self.nullWeights(isFraud, rowWeights, columns: design.columns)
        let survey = try ColumnSurvey(
            design, isFraud: isFraud, weights: rowWeights, names: names)
        if penalty == 0, let column = survey.separating.first {
            throw .separated(term: names[column])
        }
        var descent = Descent(
            regression: self, isFraud: isFraud, rowWeights: rowWeights, names: names,
            survey: survey, columns: design.columns)
        let rows = DesignRows(design)
        var start = null
        let sample = DesignRows(design, every: Self.sampleEvery)
        if sample.count >= Self.sampleRows + 64 * design.columns {
            // A sample without one of the classes, or too small for the columns, helps nobody.
            if let near = try? descent.run(sample, from: null, tolerance: Self.sampleTolerance) {
                start = near.weights
            }
        }
        var fit = try descent.run(rows, from: start, tolerance: tolerance, progress: progress)
        fit.constantColumns = survey.constant.map { names[$0] }
        fit.separatingColumns = survey.separating.map { names[$0] }
        return fit
    }

    /// The best weights of all models that have an intercept alone.
    private static func nullWeights(
        _ isFraud: [Bool], _ rowWeights: [Double]?, columns: Int
    ) throws(TrainingError) -> [Double] {
        var (frauds, honest) = (0.0, 0.0)
        for (index, isFraud) in isFraud.enumerated() {
            let weight = rowWeights?[index] ?? 1
            frauds += isFraud ? weight : 0
            honest += isFraud ? 0 : weight
        }
        guard frauds > 0, honest > 0 else {
            throw .oneClass("the fitted range", isFraud: frauds > 0)
        }
        var weights = [Double](repeating: 0, count: columns)
        weights[0] = log(frauds / honest)
        return weights
    }
}

/// Newton's steps from some weights to where the gradient vanishes.
private struct Descent: ~Copyable {
    let regression: LogisticRegression
    let isFraud: [Bool]
    let rowWeights: [Double]?
    let names: [String]
    let survey: ColumnSurvey
    var work: NewtonWork

    init(
        regression: LogisticRegression, isFraud: [Bool], rowWeights: [Double]?, names: [String],
        survey: ColumnSurvey, columns: Int
    ) {
        self.regression = regression
        self.isFraud = isFraud
        self.rowWeights = rowWeights
        self.names = names
        self.survey = survey
        work = NewtonWork(
            columns: columns, constant: survey.constant, penalty: regression.penalty)
    }

    mutating func run(
        _ rows: DesignRows, from start: [Double], tolerance: Double,
        progress: (Int) -> Void = { _ in }
    ) throws(TrainingError) -> LogisticRegression.Fit {
        var weights = start
        var state = evaluate(rows, weights, withHessian: true)
        var hasHessian = true
        var previous = 0.0
        for iteration in 0..<regression.maximumIterations {
            progress(iteration)
            if state.largestGradient < tolerance {
                try checkSeparation(rows, weights, state, hasHessian: hasHessian)
                return LogisticRegression.Fit(
                    weights: weights, iterations: iteration, gradient: state.largestGradient,
                    objective: state.objective, isSeparated: state.worstMargin > 0)
            }
            // Near the end gradients fall quadratically, gₖ₊₁ ≈ (gₖ / gₖ₋₁²) gₖ², and a step with
            // the Hessian of the point before still makes them fall by about as much as the last
            // one did. Where that will do, none is worked out.
            let ratio = state.largestGradient / previous
            if !hasHessian, state.largestGradient * ratio > tolerance / 2 {
                state = evaluate(rows, weights, withHessian: true)
                hasHessian = true
            }
            let step = try newtonStep(isNew: hasHessian, isFirst: iteration == 0)
            let afterTwo = state.largestGradient * ratio * ratio * ratio * ratio
            let needsHessian = hasHessian && afterTwo > tolerance / 10
            previous = state.largestGradient
            state = try descend(rows, &weights, step, state, withHessian: needsHessian)
            hasHessian = needsHessian
        }
        throw failure(state, weights)
    }

    private mutating func evaluate(
        _ rows: DesignRows, _ weights: [Double], withHessian: Bool
    ) -> NewtonWork.State {
        work.evaluate(rows, weights, isFraud, rowWeights, withHessian: withHessian)
    }

    /// Columns that were independent to begin with only become dependent where all rows that tell
    /// them apart pull no more.
    private mutating func newtonStep(
        isNew: Bool, isFirst: Bool
    ) throws(TrainingError) -> [Double] {
        do { return try work.newtonStep(names, isNew: isNew) } catch {
            if case .dependent(let term) = error, !isFirst, regression.penalty == 0 {
                throw .separated(term: term)
            }
            throw error
        }
    }

    /// Goes along the step, half as far as long as the objective rises.
    private mutating func descend(
        _ rows: DesignRows, _ weights: inout [Double], _ step: [Double],
        _ before: NewtonWork.State, withHessian: Bool
    ) throws(TrainingError) -> NewtonWork.State {
        // Rounding may raise the objective by some units in the last place near the optimum.
        let allowed = before.objective + 1e-13 * before.objective.magnitude + 1e-16
        var length = 1.0
        while length > 1e-10 {
            let candidate = zip(weights, step).map { $0 - length * $1 }
            // The whole step nearly always does.
            let isWhole = length == 1
            let state = evaluate(rows, candidate, withHessian: withHessian && isWhole)
            if state.objective <= allowed {
                weights = candidate
                if isWhole || !withHessian { return state }
                return evaluate(rows, candidate, withHessian: true)
            }
            length /= 2
        }
        throw failure(before, weights)
    }

    private func failure(_ state: NewtonWork.State, _ weights: [Double]) -> TrainingError {
        if regression.penalty == 0, state.worstMargin > 0 {
            return .separated(term: names[heaviest(weights)])
        }
        return .notConverged(
            iterations: regression.maximumIterations, gradient: state.largestGradient)
    }

    /// Without a penalty, a gradient also vanishes where some rows lie so far on their own side
    /// that they pull no more, while the weights would grow for ever: Newton's steps do not get
    /// shorter there, and put no row nearer to the other side.
    private mutating func checkSeparation(
        _ rows: DesignRows, _ weights: [Double], _ state: NewtonWork.State, hasHessian: Bool
    ) throws(TrainingError) {
        guard regression.penalty == 0 else { return }
        guard state.worstMargin <= 0 else { throw .separated(term: names[heaviest(weights)]) }
        if !hasHessian { _ = evaluate(rows, weights, withHessian: true) }
        let step = try newtonStep(isNew: true, isFirst: false).map { -$0 }
        let (least, largest) = work.changes(rows, along: step, isFraud, rowWeights)
        if largest > 0.1, least > -1e-3 * largest { throw .separated(term: names[heaviest(step)]) }
    }

    /// The column that moves margins most.
    private func heaviest(_ weights: [Double]) -> Int {
        weights.indices.dropFirst().max {
            (weights[$0] * survey.spreads[$0]).magnitude
                < (weights[$1] * survey.spreads[$1]).magnitude
        } ?? 0
    }
}
