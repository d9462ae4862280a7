internal import Glibc
public import LinearAlgebra

/// Logistic regression with an L2 penalty, fitted by Newton's method (iteratively reweighted least
/// squares).
///
/// Minimises (1/n) Σ log(1 + exp(−yᵢ mᵢ)) + (penalty/2) Σ wⱼ² over the margins m = X·w, y = ±1;
/// column 0 of X is the intercept's and is not penalised. Sums are taken over blocks of rows in one
/// order, by one thread.
///
/// McCullagh, Nelder: *Generalized Linear Models*, 2nd ed. 1989, section 2.5.
public struct LogisticRegression: Sendable, Equatable {
    /// λ of the mean loss; 0 for maximum likelihood.
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
        /// Newton steps that were taken.
        public var iterations: Int
        /// Largest component of the gradient of the mean loss.
        public var gradient: Double
        /// Value of what is minimised.
        public var objective: Double
    }

    private static let blockRows = 2_048

    /// Fits `design` (its first column all ones) to `isFraud`, one a row. `names` of the columns
    /// are for errors.
    public func fit(
        _ design: borrowing Matrix, isFraud: [Bool], names: [String],
        progress: (Int) -> Void = { _ in }
    ) throws(TrainingError) -> Fit {
        precondition(design.rows == isFraud.count && design.columns == names.count)
        let frauds = isFraud.reduce(0) { $0 + ($1 ? 1 : 0) }
        guard frauds > 0, frauds < isFraud.count else {
            throw .oneClass("the fitted range", isFraud: frauds > 0)
        }
        var work = NewtonWork(design, blockRows: Self.blockRows, penalty: penalty)
        var weights = [Double](repeating: 0, count: design.columns)
        weights[0] = log(Double(frauds) / Double(isFraud.count - frauds))
        var state = work.evaluate(design, weights, isFraud, withHessian: true)
        for iteration in 0..<maximumIterations {
            progress(iteration)
            if state.largestGradient < tolerance {
                if penalty == 0, state.isSeparated {
                    throw .separated(term: largest(weights, names))
                }
                return Fit(
                    weights: weights, iterations: iteration, gradient: state.largestGradient,
                    objective: state.objective)
            }
            let step = try work.newtonStep(names)
            state = try descend(design, isFraud, &weights, step, state, &work, names)
        }
        if penalty == 0, state.isSeparated { throw .separated(term: largest(weights, names)) }
        throw .notConverged(iterations: maximumIterations, gradient: state.largestGradient)
    }

    /// Goes along the step, half as far as long as the objective rises.
    private func descend(
        _ design: borrowing Matrix, _ isFraud: [Bool], _ weights: inout [Double],
        _ step: [Double], _ before: NewtonWork.State, _ work: inout NewtonWork, _ names: [String]
    ) throws(TrainingError) -> NewtonWork.State {
        var length = 1.0
        // Rounding may raise the objective by some units in the last place near the optimum.
        let allowed = before.objective + 1e-14 * before.objective.magnitude
        while length > 1e-10 {
            let candidate = zip(weights, step).map { $0 - length * $1 }
            let state = work.evaluate(design, candidate, isFraud, withHessian: false)
            if state.objective <= allowed {
                weights = candidate
                return work.evaluate(design, candidate, isFraud, withHessian: true)
            }
            length /= 2
        }
        if penalty == 0, before.isSeparated { throw .separated(term: largest(weights, names)) }
        throw .notConverged(iterations: maximumIterations, gradient: before.largestGradient)
    }

    private func largest(_ weights: [Double], _ names: [String]) -> String {
        let index = weights.indices.dropFirst().max {
            weights[$0].magnitude < weights[$1].magnitude
        }
        return names[index ?? 0]
    }
}

/// Gradient and Hessian of the penalised mean loss, and the space to work them out.
struct NewtonWork: ~Copyable {
    struct State {
        var objective: Double
        var largestGradient: Double
        /// Every row is on its side of the boundary, far from it.
        var isSeparated: Bool
    }

    private let blockRows: Int
    private let penalty: Double
    private var scaled: Matrix
    private var hessian: Matrix
    private var gradient: [Double]
    private let margins: AlignedBuffer<Double>
    private let residuals: AlignedBuffer<Double>

    init(_ design: borrowing Matrix, blockRows: Int, penalty: Double) {
        self.blockRows = blockRows
        self.penalty = penalty
        scaled = Matrix(rows: blockRows, columns: design.columns)
        hessian = Matrix(rows: design.columns, columns: design.columns)
        gradient = [Double](repeating: 0, count: design.columns)
        margins = AlignedBuffer(count: blockRows)
        residuals = AlignedBuffer(count: blockRows)
    }

    /// The objective and the gradient at `weights`, and the Hessian if asked for.
    mutating func evaluate(
        _ design: borrowing Matrix, _ weights: [Double], _ isFraud: [Bool], withHessian: Bool
    ) -> State {
        var loss = 0.0
        var worstMargin = Double.infinity
        for index in gradient.indices { gradient[index] = 0 }
        if withHessian { hessian.clear() }
        var start = 0
        while start < design.rows {
            let count = min(blockRows, design.rows - start)
            let block = design.pointer + start * design.stride
            Products.gemv(
                rowMajor: block, rows: count, columns: design.columns, stride: design.stride,
                times: weights, into: margins.pointer)
            for row in 0..<count {
                let margin = margins.pointer[row]
                let sign = isFraud[start + row] ? 1.0 : -1.0
                loss += Self.softplus(-sign * margin)
                worstMargin = min(worstMargin, sign * margin)
                let probability = 1 / (1 + exp(-margin))
                residuals.pointer[row] = probability - (isFraud[start + row] ? 1 : 0)
                guard withHessian else { continue }
                let root = (probability * (1 - probability)).squareRoot()
                let from = block + row * design.stride
                let to = scaled.pointer + row * scaled.stride
                for column in 0..<design.columns { to[column] = root * from[column] }
            }
            Products.gemvTransposed(
                rowMajor: block, rows: count, columns: design.columns, stride: design.stride,
                times: residuals.pointer, beta: 1, into: &gradient)
            if withHessian { Products.syrk(scaled, rows: count, beta: 1, intoUpper: &hessian) }
            start += count
        }
        return finish(loss, weights, rows: Double(design.rows), worstMargin, withHessian)
    }

    private mutating func finish(
        _ loss: Double, _ weights: [Double], rows: Double, _ worstMargin: Double,
        _ withHessian: Bool
    ) -> State {
        var objective = loss / rows
        for index in gradient.indices {
            gradient[index] /= rows
            if index > 0 {
                gradient[index] += penalty * weights[index]
                objective += penalty / 2 * weights[index] * weights[index]
            }
        }
        if withHessian {
            for row in gradient.indices {
                for column in row..<gradient.count { hessian[row, column] /= rows }
                if row > 0 { hessian[row, row] += penalty }
            }
        }
        return State(
            objective: objective, largestGradient: gradient.reduce(0) { max($0, $1.magnitude) },
            isSeparated: worstMargin > 8)
    }

    /// H⁻¹·g at the weights last evaluated with a Hessian.
    mutating func newtonStep(_ names: [String]) throws(TrainingError) -> [Double] {
        let size = gradient.count
        var copy = Matrix(rows: size, columns: size)
        for row in 0..<size {
            for column in row..<size { copy[row, column] = hessian[row, column] }
        }
        var step = gradient
        let factor: CholeskyFactor
        do { factor = try CholeskyFactor(upper: copy) } catch {
            throw .dependent(term: names[error.order - 1])
        }
        for index in 0..<size where factor.pivot(index) < 1e-12 * hessian[index, index] {
            throw .dependent(term: names[index])
        }
        factor.solve(&step)
        return step
    }

    /// log(1 + exp(x)) without overflow.
    static func softplus(_ x: Double) -> Double { max(x, 0) + log1p(exp(-x.magnitude)) }
}
