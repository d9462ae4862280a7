internal import Glibc
internal import LinearAlgebra

/// The rows that one evaluation goes over: all, or every so many of them.
struct DesignRows {
    let base: UnsafePointer<Double>
    let columns: Int
    /// Doubles from one of the rows to the next.
    let stride: Int
    let count: Int
    /// Of the design's rows, each so manieth is one of these.
    let every: Int

    init(_ design: borrowing Matrix, every: Int = 1) {
        base = UnsafePointer(design.pointer)
        columns = design.columns
        stride = design.stride * every
        count = (design.rows + every - 1) / every
        self.every = every
    }
}

/// Gradient and Hessian of the penalised mean loss, and the space to work them out. Rows are taken
/// in blocks of one size that stay in the cache, one after another, and what comes of them is
/// added in that order.
struct NewtonWork: ~Copyable {
    struct State {
        var objective: Double
        var largestGradient: Double
        /// The least margin of a row on its own side: positive if all rows are on the right one.
        var worstMargin: Double
    }

    private static let blockRows = 512

    private let penalty: Double
    private let columns: Int
    private let isConstant: [Bool]
    private var scaled: Matrix
    private var hessian: Matrix
    private var factor: CholeskyFactor?
    private(set) var gradient: [Double]
    private let margins: AlignedBuffer<Double>
    private let residuals: AlignedBuffer<Double>
    private let roots: AlignedBuffer<Double>

    /// Constant columns are left out: their gradient is 0, whatever the weights.
    init(columns: Int, constant: [Int], penalty: Double) {
        self.penalty = penalty
        self.columns = columns
        var isConstant = [Bool](repeating: false, count: columns)
        for column in constant { isConstant[column] = true }
        self.isConstant = isConstant
        scaled = Matrix(rows: Self.blockRows, columns: columns)
        hessian = Matrix(rows: columns, columns: columns)
        gradient = [Double](repeating: 0, count: columns)
        margins = AlignedBuffer(count: Self.blockRows)
        residuals = AlignedBuffer(count: Self.blockRows)
        roots = AlignedBuffer(count: Self.blockRows)
    }

    /// The objective and the gradient at `weights`, and the Hessian if asked for. `isFraud` and
    /// `rowWeights` are by the design's rows.
    mutating func evaluate(
        _ rows: DesignRows, _ weights: [Double], _ isFraud: [Bool], _ rowWeights: [Double]?,
        withHessian: Bool
    ) -> State {
        var sums = Sums()
        for index in gradient.indices { gradient[index] = 0 }
        if withHessian { hessian.clear() }
        var start = 0
        while start < rows.count {
            let count = min(Self.blockRows, rows.count - start)
            let block = rows.base + start * rows.stride
            Products.gemv(
                rowMajor: block, rows: count, columns: columns, stride: rows.stride,
                times: weights, into: margins.pointer)
            if let rowWeights {
                addLosses(&sums, isFraud, rowWeights, from: start, every: rows.every, count: count)
            } else {
                addLosses(&sums, isFraud, from: start, every: rows.every, count: count)
            }
            Products.gemvTransposed(
                rowMajor: block, rows: count, columns: columns, stride: rows.stride,
                times: residuals.pointer, beta: 1, into: &gradient)
            if withHessian {
                scale(block, stride: rows.stride, count: count)
                Products.syrk(scaled, rows: count, beta: 1, intoUpper: &hessian)
            }
            start += count
        }
        return finish(sums, weights, withHessian)
    }

    private struct Sums {
        var loss = 0.0
        var weight = 0.0
        var worstMargin = Double.infinity
    }

    /// Losses, residuals and roots of p·(1 − p) of a block's rows, all of weight 1.
    private func addLosses(
        _ sums: inout Sums, _ isFraud: [Bool], from start: Int, every: Int, count: Int
    ) {
        precondition(isFraud.count > (start + count - 1) * every)
        var worst = sums.worstMargin
        var linear = 0.0
        // Σ log(1 + e) is the log of the product: each factor is at most 2, and there are so few
        // that it stays finite.
        var product = 1.0
        isFraud.withUnsafeBufferPointer { isFraud in
            for row in 0..<count {
                let isFraud = isFraud[(start &+ row) &* every]
                let loss = RowLoss(margin: margins.pointer[row], isFraud: isFraud)
                worst = loss.own < worst ? loss.own : worst
                linear += loss.own < 0 ? -loss.own : 0
                product *= 1 + loss.decay
                residuals.pointer[row] = loss.residual
                roots.pointer[row] = loss.root
            }
        }
        sums.loss += linear + log(product)
        sums.weight += Double(count)
        sums.worstMargin = worst
    }

    /// The same with weights; rows of weight 0 do not count.
    private func addLosses(
        _ sums: inout Sums, _ isFraud: [Bool], _ weights: [Double], from start: Int, every: Int,
        count: Int
    ) {
        for row in 0..<count {
            let index = (start + row) * every
            let weight = weights[index]
            let loss = RowLoss(margin: margins.pointer[row], isFraud: isFraud[index])
            if weight > 0 { sums.worstMargin = min(sums.worstMargin, loss.own) }
            sums.loss += weight * (max(-loss.own, 0) + log1p(loss.decay))
            sums.weight += weight
            residuals.pointer[row] = weight * loss.residual
            roots.pointer[row] = weight.squareRoot() * loss.root
        }
    }

    /// Rows of a block times their roots: what the Hessian is the square of.
    private func scale(_ block: UnsafePointer<Double>, stride: Int, count: Int) {
        let width = scaled.stride
        for row in 0..<count {
            let root = roots.pointer[row]
            let from = block + row &* stride
            let to = scaled.pointer + row &* width
            for column in 0..<width { to[column] = root * from[column] }
        }
    }

    private mutating func finish(
        _ sums: Sums, _ weights: [Double], _ withHessian: Bool
    ) -> State {
        var objective = sums.loss / sums.weight
        for index in gradient.indices {
            gradient[index] = isConstant[index] ? 0 : gradient[index] / sums.weight
            if index > 0 {
                gradient[index] += penalty * weights[index]
                objective += penalty / 2 * weights[index] * weights[index]
            }
        }
        if withHessian {
            for row in gradient.indices {
                for column in row..<columns {
                    let isLeftOut = isConstant[row] || isConstant[column]
                    let value = isLeftOut ? 0 : hessian[row, column] / sums.weight
                    hessian[row, column] = value
                }
                if row > 0 { hessian[row, row] += penalty }
                if isConstant[row] { hessian[row, row] = 1 }
            }
        }
        return State(
            objective: objective, largestGradient: gradient.reduce(0) { max($0, $1.magnitude) },
            worstMargin: sums.worstMargin)
    }

    /// H⁻¹·g, with g of the weights last evaluated and H of those last evaluated with a Hessian;
    /// `isNew` if that one has not been factored yet.
    mutating func newtonStep(_ names: [String], isNew: Bool) throws(TrainingError) -> [Double] {
        if isNew { factor = try factored(names) }
        var step = gradient
        factor?.solve(&step)
        return step
    }

    private func factored(_ names: [String]) throws(TrainingError) -> CholeskyFactor {
        var copy = Matrix(rows: columns, columns: columns)
        for row in 0..<columns {
            for column in row..<columns { copy[row, column] = hessian[row, column] }
        }
        let factor: CholeskyFactor
        do { factor = try CholeskyFactor(upper: copy) } catch {
            throw .dependent(term: names[error.order - 1])
        }
        for index in 0..<columns where factor.pivot(index) < 1e-12 * hessian[index, index] {
            throw .dependent(term: names[index])
        }
        return factor
    }

    /// The least and the largest change of a row's margin on its own side along `step`, over rows
    /// that have a weight.
    func changes(
        _ rows: DesignRows, along step: [Double], _ isFraud: [Bool], _ rowWeights: [Double]?
    ) -> (least: Double, largest: Double) {
        var (least, largest) = (Double.infinity, -Double.infinity)
        var start = 0
        while start < rows.count {
            let count = min(Self.blockRows, rows.count - start)
            Products.gemv(
                rowMajor: rows.base + start * rows.stride, rows: count, columns: columns,
                stride: rows.stride, times: step, into: margins.pointer)
            for row in 0..<count {
                let index = (start + row) * rows.every
                if let rowWeights, rowWeights[index] == 0 { continue }
                let change = isFraud[index] ? margins.pointer[row] : -margins.pointer[row]
                least = min(least, change)
                largest = max(largest, change)
            }
            start += count
        }
        return (least, largest)
    }
}

/// log(1 + exp(−m)) of one row's margin on its own side, and what its derivatives are made of.
private struct RowLoss {
    /// The margin, positive if the row is on its own side.
    let own: Double
    /// exp(−|m|): at most 1, so that nothing overflows.
    let decay: Double
    /// Probability of fraud minus 1 or 0, without cancellation.
    let residual: Double
    /// √(p·(1 − p)).
    let root: Double

    @inline(__always) init(margin: Double, isFraud: Bool) {
        own = isFraud ? margin : -margin
        decay = exp(-margin.magnitude)
        let inverse = 1 / (1 + decay)
        let missed = own > 0 ? decay * inverse : inverse
        residual = isFraud ? -missed : missed
        root = decay.squareRoot() * inverse
    }
}
