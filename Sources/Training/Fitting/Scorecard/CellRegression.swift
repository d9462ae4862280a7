internal import Glibc
internal import LinearAlgebra

/// Fits all weights of a scorecard together by Newton's method, as ``LogisticRegression`` does, but
/// goes over the few cells alone that a row is in: most of a one-hot design is zeros.
///
/// Minimises (Σ vᵢ log(1 + exp(−yᵢ mᵢ)) + ½ Σ ridgeⱼ wⱼ² + ½ Σ δ (wⱼ − wₖ)²) / n. Sums over rows are
/// taken in parts of fixed size, in one order, whatever the number of threads: equal input gives
/// equal bytes.
struct CellRegression: ~Copyable {
    struct Fit: Sendable {
        var weights: [Double]
        var iterations: Int
        /// Largest component of the gradient of the mean loss.
        var gradient: Double
        /// Value of what is minimised.
        var objective: Double
        /// The least margin of a row on its own side: positive if all rows are on the right one.
        var worstMargin: Double
    }

    private static let partRows = 8_192
    private static let blockRows = 512
    /// Curvature that a row stands for in the Hessian, at least; less where there is little in all.
    private static let leastCurvature = 0.05
    private static let leastCurvatureRows = 10_000.0

    private let design: CellDesign
    private let denseColumns: Int
    private let partCount: Int
    private let margins: AlignedBuffer<Double>
    private let residuals: AlignedBuffer<Double>
    private let curvatures: AlignedBuffer<Double>
    private let partGradients: AlignedBuffer<Double>
    private let partLosses: AlignedBuffer<Double>
    private let partWorst: AlignedBuffer<Double>
    private let rowWeights: [Double]
    private var gradient: [Double]

    /// - Parameter rowWeights: how often each row counts, 0 for not at all.
    init(_ design: consuming CellDesign, rowWeights: [Double]) {
        let count = design.table.count
        denseColumns = design.table.dense.columns
        partCount = max(1, (count + Self.partRows - 1) / Self.partRows)
        margins = AlignedBuffer(count: count)
        residuals = AlignedBuffer(count: count)
        curvatures = AlignedBuffer(count: count)
        partGradients = AlignedBuffer(count: partCount * design.weightCount)
        partLosses = AlignedBuffer(count: partCount)
        partWorst = AlignedBuffer(count: partCount)
        gradient = [Double](repeating: 0, count: design.weightCount)
        self.rowWeights = rowWeights
        self.design = design
    }

    /// Derivatives of each row's loss by its margin at the weights last evaluated: gradient and
    /// curvature.
    func derivatives() -> [SIMD2<Double>] {
        (0..<design.table.count).map { SIMD2(residuals.pointer[$0], curvatures.pointer[$0]) }
    }

    /// Every row's margin at some weights.
    mutating func margins(at weights: [Double]) -> [Double] {
        _ = evaluate(weights)
        return margins.array
    }

    /// Newton's steps from `start` to where the gradient of the mean loss is below `tolerance`.
    mutating func fit(
        from start: [Double], tolerance: Double, maximumIterations: Int = 60,
        progress: (Int) -> Void = { _ in }
    ) throws(TrainingError) -> Fit {
        var weights = start
        var state = evaluate(weights)
        var factor = try factored()
        var previous = Double.infinity
        for iteration in 0..<maximumIterations {
            progress(iteration)
            if state.gradient < tolerance {
                return Fit(
                    weights: weights, iterations: iteration, gradient: state.gradient,
                    objective: state.objective, worstMargin: state.worstMargin)
            }
            // With an old Hessian gradients still fall, if more slowly: as long as they fall enough
            // a new one is not worth its time.
            if iteration > 0, state.gradient > 0.2 * previous { factor = try factored() }
            previous = state.gradient
            var step = gradient
            factor.solve(&step)
            let allowed = state.objective + 1e-13 * state.objective.magnitude + 1e-16
            var length = 1.0
            var candidate = state
            while true {
                let tried = zip(weights, step).map { $0 - length * $1 }
                candidate = evaluate(tried)
                if candidate.objective <= allowed {
                    weights = tried
                    break
                }
                length /= 2
                guard length > 1e-10 else {
                    throw .notConverged(iterations: iteration, gradient: state.gradient)
                }
            }
            state = candidate
        }
        if state.gradient < tolerance * 100 || maximumIterations < 20 {
            return Fit(
                weights: weights, iterations: maximumIterations, gradient: state.gradient,
                objective: state.objective, worstMargin: state.worstMargin)
        }
        throw .notConverged(iterations: maximumIterations, gradient: state.gradient)
    }

    private struct State {
        var objective = 0.0
        var gradient = 0.0
        var worstMargin = Double.infinity
    }

    /// Objective and gradient, and every row's residual and curvature.
    private mutating func evaluate(_ weights: [Double]) -> State {
        let count = design.table.count
        let columns = design.weightCount
        partGradients.pointer.update(repeating: 0, count: partGradients.count)
        let workers = min(ConcurrentLoop.processors, partCount)
        weights.withUnsafeBufferPointer { weights in
            nonisolated(unsafe) let weights = weights
            withParts { parts in
                ConcurrentLoop.run(workers: workers) { worker in
                    for part in stride(from: worker, to: parts.count, by: workers) {
                        let start = part * Self.partRows
                        parts.evaluate(part, start..<min(start + Self.partRows, count), weights)
                    }
                }
            }
        }
        var state = State()
        for index in gradient.indices { gradient[index] = 0 }
        for part in 0..<partCount {
            state.objective += partLosses.pointer[part]
            state.worstMargin = min(state.worstMargin, partWorst.pointer[part])
            let from = partGradients.pointer + part * columns
            for index in gradient.indices { gradient[index] += from[index] }
        }
        for index in gradient.indices {
            let pull = design.ridge[index] * weights[index]
            gradient[index] += pull
            state.objective += 0.5 * pull * weights[index]
        }
        for (a, b, strength) in design.differences {
            let pull = strength * (weights[a] - weights[b])
            gradient[a] += pull
            gradient[b] -= pull
            state.objective += 0.5 * pull * (weights[a] - weights[b])
        }
        state.objective /= Double(count)
        for index in gradient.indices {
            gradient[index] /= Double(count)
            state.gradient = max(state.gradient, gradient[index].magnitude)
        }
        return state
    }

    /// What the parts of an evaluation read and where they write, each for itself.
    private struct Parts: @unchecked Sendable {
        let count: Int
        let columns: Int
        let cellWeights: Int
        let dense: UnsafePointer<Double>
        let denseStride: Int
        let denseColumns: Int
        let entries: UnsafePointer<UInt16>
        let entryCounts: UnsafePointer<UInt16>
        let width: Int
        let isFraud: UnsafePointer<Bool>
        let rowWeights: UnsafePointer<Double>
        let margins: UnsafeMutablePointer<Double>
        let residuals: UnsafeMutablePointer<Double>
        let curvatures: UnsafeMutablePointer<Double>
        let gradients: UnsafeMutablePointer<Double>
        let losses: UnsafeMutablePointer<Double>
        let worst: UnsafeMutablePointer<Double>

        func evaluate(_ part: Int, _ rows: Range<Int>, _ weights: UnsafeBufferPointer<Double>) {
            guard let weights = weights.baseAddress else { return }
            let gradient = gradients + part * columns
            var (loss, least) = (0.0, Double.infinity)
            Products.gemv(
                rowMajor: dense + rows.lowerBound * denseStride, rows: rows.count,
                columns: denseColumns, stride: denseStride, times: weights + cellWeights,
                into: margins + rows.lowerBound)
            for row in rows {
                var margin = margins[row]
                let list = entries + row * width
                let length = Int(entryCounts[row])
                for place in 0..<length { margin += weights[Int(list[place])] }
                margins[row] = margin
                let own = isFraud[row] ? margin : -margin
                least = min(least, own)
                let decay = exp(-margin.magnitude)
                let inverse = 1 / (1 + decay)
                let missed = own > 0 ? decay * inverse : inverse
                let weight = rowWeights[row]
                let residual = weight * (isFraud[row] ? -missed : missed)
                loss += weight * (max(-own, 0) + log1p(decay))
                residuals[row] = residual
                curvatures[row] = weight * (decay * inverse * inverse)
                for place in 0..<length { gradient[Int(list[place])] += residual }
            }
            Products.gemvTransposed(
                rowMajor: dense + rows.lowerBound * denseStride, rows: rows.count,
                columns: denseColumns, stride: denseStride, times: residuals + rows.lowerBound,
                into: gradient + cellWeights)
            losses[part] = loss
            worst[part] = least
        }

        /// Adds the rows of the Hessian that a worker has: those of every so manieth cell, over all
        /// rows of the table that stand for it, in their order.
        func addCurvature(
            _ taken: UnsafeBufferPointer<Int32>, _ shares: UnsafeBufferPointer<Double>,
            worker: Int, of workers: Int, into hessian: UnsafeMutablePointer<Double>,
            stride hessianStride: Int
        ) {
            for place in 0..<taken.count {
                let (row, weight) = (Int(taken[place]), shares[place])
                let list = entries + row &* width
                let length = Int(entryCounts[row])
                let from = dense + row &* denseStride
                for place in 0..<length {
                    let cell = Int(list[place])
                    guard cell % workers == worker else { continue }
                    let to = hessian + cell &* hessianStride
                    for other in place..<length { to[Int(list[other])] += weight }
                    let toDense = to + cellWeights
                    for column in 0..<denseColumns { toDense[column] += weight * from[column] }
                }
            }
        }
    }

    /// Rows that stand for all in the Hessian, and the curvature that each stands for: small ones add up until one row
    /// stands for them. Steps need not be Newton's to the last bit, for gradients are exact, and most rows have hardly
    /// any curvature.
    private func curvatureRows() -> (rows: [Int32], shares: [Double]) {
        var rows: [Int32] = []
        var shares: [Double] = []
        var total = 0.0
        for row in 0..<design.table.count { total += curvatures.pointer[row] }
        let least = min(Self.leastCurvature, total / Self.leastCurvatureRows)
        var carried = 0.0
        for row in 0..<design.table.count {
            carried += curvatures.pointer[row]
            guard carried >= least, carried > 0 else { continue }
            rows.append(Int32(row))
            shares.append(carried)
            carried = 0
        }
        return (rows, shares)
    }

    private func withParts(_ body: (Parts) -> Void) {
        design.table.isFraud.withUnsafeBufferPointer { isFraud in
            guard let isFraud = isFraud.baseAddress else { return }
            rowWeights.withUnsafeBufferPointer { rowWeights in
                guard let rowWeights = rowWeights.baseAddress else { return }
                body(
                    Parts(
                        count: partCount, columns: design.weightCount,
                        cellWeights: design.cellWeights, dense: design.table.dense.pointer,
                        denseStride: design.table.dense.stride, denseColumns: denseColumns,
                        entries: design.entries.pointer, entryCounts: design.entryCounts.pointer,
                        width: design.width, isFraud: isFraud, rowWeights: rowWeights,
                        margins: margins.pointer,
                        residuals: residuals.pointer, curvatures: curvatures.pointer,
                        gradients: partGradients.pointer, losses: partLosses.pointer,
                        worst: partWorst.pointer))
            }
        }
    }

    /// The factor of the Hessian at the weights last evaluated.
    private func factored() throws(TrainingError) -> CholeskyFactor {
        let count = design.table.count
        var hessian = Matrix(rows: design.weightCount, columns: design.weightCount)
        let workers = ConcurrentLoop.processors
        nonisolated(unsafe) let start = hessian.pointer
        let stride = hessian.stride
        let (taken, shares) = curvatureRows()
        withParts { parts in
            taken.withUnsafeBufferPointer { taken in
                shares.withUnsafeBufferPointer { shares in
                    nonisolated(unsafe) let (taken, shares) = (taken, shares)
                    ConcurrentLoop.run(workers: workers) { worker in
                        parts.addCurvature(
                            taken, shares, worker: worker, of: workers, into: start, stride: stride)
                    }
                }
            }
        }
        addDense(taken, shares, &hessian)
        for (a, b, strength) in design.differences {
            hessian[a, a] += strength
            hessian[b, b] += strength
            hessian[min(a, b), max(a, b)] -= strength
        }
        let scale = 1 / Double(count)
        for row in 0..<design.weightCount {
            // The intercept alone has no penalty, and always curvature.
            hessian[row, row] += design.ridge[row]
            let values = hessian.row(row)
            for column in row..<design.weightCount { values[column] *= scale }
        }
        do { return try CholeskyFactor(upper: hessian) } catch {
            throw .dependent(term: "weight \(error.order)")
        }
    }

    /// The part of the dense columns by blocks that stay in the cache.
    private func addDense(_ taken: [Int32], _ shares: [Double], _ hessian: inout Matrix) {
        let dense = design.table.dense.pointer
        let stride = design.table.dense.stride
        let scaled = Matrix(rows: Self.blockRows, columns: denseColumns)
        var square = Matrix(rows: denseColumns, columns: denseColumns)
        var start = 0
        while start < taken.count {
            let rows = min(Self.blockRows, taken.count - start)
            for row in 0..<rows {
                let root = shares[start + row].squareRoot()
                let from = dense + Int(taken[start + row]) * stride
                let to = scaled.pointer + row * stride
                for column in 0..<stride { to[column] = root * from[column] }
            }
            Products.syrk(scaled, rows: rows, beta: 1, intoUpper: &square)
            start += rows
        }
        for row in 0..<denseColumns {
            let to = hessian.row(design.cellWeights + row) + design.cellWeights
            let from = square.row(row)
            for column in row..<denseColumns { to[column] += from[column] }
        }
    }
}
