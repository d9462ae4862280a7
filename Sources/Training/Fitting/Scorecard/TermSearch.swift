internal import LinearAlgebra
internal import Scoring

/// Looks for what a fitted scorecard leaves unexplained: among all pairs of features, and in every
/// feature alone. Candidates are ranked by how much weights that one half of the rows chose help
/// the other half, so that what fits noise is worth nothing; halves are blocks of time by turns,
/// because frauds that belong together are near one another.
struct TermSearch {
    /// A term that would help, best first.
    struct Candidate: Sendable {
        let first: Int
        let second: Int?
        let gain: Double
    }

    /// Bins of an axis when all pairs are looked at, and when the best are looked at again.
    private static let coarse = (supervised: 5, places: 8)
    private static let fine = (supervised: 10, places: 22)
    /// Places of either axis of a pair's grid, at most.
    private static let gridPlaces = 9
    private static let rowLimit = 50_000
    private static let blocks = 16
    /// Candidates that are looked at again.
    private static let shortlist = 48

    private let table: FitTable
    /// Those among which terms are looked for.
    private let features: [Int]
    private let limits: SplitLimits
    /// Rows of the one half, then of the other.
    private let rows: [Int32]
    private let firstHalf: Int
    private let derivatives: [SIMD2<Double>]
    /// Order of the fine bins of a category along its axis; empty for numbers.
    private let orders: [[UInt8]]

    /// - Parameters:
    ///   - rowWeights: rows of weight 0 are left out.
    ///   - features: those among which terms are looked for.
    ///   - phase: which of the honest rows stand for the others.
    init(
        _ table: FitTable, _ derivatives: [SIMD2<Double>], _ rowWeights: [Double], features: [Int],
        phase: Int, _ limits: SplitLimits
    ) {
        self.table = table
        self.features = features
        self.limits = limits
        let every = max(1, table.count / Self.rowLimit)
        var scaled = derivatives
        var halves: ([Int32], [Int32]) = ([], [])
        for row in 0..<table.count {
            guard rowWeights[row] > 0, table.isFraud[row] || (row + phase) % every == 0 else {
                continue
            }
            if !table.isFraud[row] { scaled[row] *= Double(every) }
            if row * Self.blocks / table.count % 2 == 0 {
                halves.0.append(Int32(row))
            } else {
                halves.1.append(Int32(row))
            }
        }
        rows = halves.0 + halves.1
        firstHalf = halves.0.count
        self.derivatives = scaled
        let (kept, shrinkage) = (rows, limits.shrinkage)
        orders = table.bins.indices.map { feature in
            guard case .levels = table.bins[feature] else { return [] }
            let sums = scaled.withUnsafeBufferPointer {
                $0.baseAddress.map { table.sums(of: feature, kept, $0) } ?? []
            }
            let sorted = sums.indices.sorted {
                let (a, b) = (sums[$0].weight(shrinkage), sums[$1].weight(shrinkage))
                return a == b ? $0 < $1 : a < b
            }
            var order = [UInt8](repeating: 0, count: sums.count)
            for (place, bin) in sorted.enumerated() { order[bin] = UInt8(place) }
            return order
        }
    }

    /// A feature's axis: place of each fine bin. The missing value comes first.
    private func axis(
        _ feature: Int, _ shape: (supervised: Int, places: Int), _ known: [Int] = []
    ) -> [UInt8] {
        let sums = derivatives.withUnsafeBufferPointer {
            $0.baseAddress.map { table.sums(of: feature, rows, $0) } ?? []
        }
        var ordered = sums
        if !orders[feature].isEmpty {
            for (bin, place) in orders[feature].enumerated() { ordered[Int(place)] = sums[bin] }
        }
        var limits = self.limits
        limits.leaves = shape.supervised
        limits.leastGain = 1
        var cuts = Set(StepTree.cuts(ordered, limits) + known)
        // The missing value has a place of its own.
        if orders[feature].isEmpty, sums[0].count > 0 { cuts.insert(1) }
        for cut in StepTree.quantiles(ordered, count: shape.places - cuts.count + 1) {
            cuts.insert(cut)
        }
        let ascending = cuts.sorted()
        var places = [UInt8](repeating: 0, count: sums.count)
        var place: UInt8 = 0
        var next = 0
        for position in ordered.indices {
            if next < ascending.count, position == ascending[next] {
                place += 1
                next += 1
            }
            places[position] = place
        }
        guard !orders[feature].isEmpty else { return places }
        return orders[feature].map { places[Int($0)] }
    }

    /// Half the fall of the deviance that a pair brings on rows that did not choose its weights.
    private func honestGain(
        _ first: UnsafePointer<UInt8>, _ second: UnsafePointer<UInt8>, rowsA: Int, columnsB: Int,
        _ derivatives: UnsafePointer<SIMD2<Double>>, _ cells: UnsafeMutablePointer<GradientSums>,
        _ limits: SplitLimits
    ) -> Double {
        let size = rowsA * columnsB
        cells.update(repeating: GradientSums(), count: 2 * size)
        func add(_ range: Range<Int>, _ cells: UnsafeMutablePointer<GradientSums>) {
            for row in range {
                let cell = Int(first[row]) &* columnsB &+ Int(second[row])
                cells[cell].gradient += derivatives[row].x
                cells[cell].curvature += derivatives[row].y
                cells[cell].count += 1
            }
        }
        add(0..<firstHalf, cells)
        add(firstHalf..<rows.count, cells + size)
        let one = PairTree(cells, rows: rowsA, columns: columnsB, stride: columnsB, limits)
        let other = PairTree(cells + size, rows: rowsA, columns: columnsB, stride: columnsB, limits)
        return one.gain(on: cells + size, stride: columnsB, shrinkage: limits.shrinkage)
            + other.gain(on: cells, stride: columnsB, shrinkage: limits.shrinkage)
    }

    /// Places of the searched rows on the axes of some features, and how many places these have.
    private struct Axes: ~Copyable {
        let places: AlignedBuffer<UInt8>
        let counts: [Int]
        let rows: Int

        init(_ table: FitTable, _ rows: [Int32], _ axes: [[UInt8]]) {
            self.rows = rows.count
            counts = axes.map { Int($0.max() ?? 0) + 1 }
            let places = AlignedBuffer<UInt8>(count: axes.count * rows.count)
            for (feature, axis) in axes.enumerated() where !axis.isEmpty {
                let codes = table.codes(of: feature)
                let to = places.pointer + feature * rows.count
                for (place, row) in rows.enumerated() { to[place] = axis[Int(codes[Int(row)])] }
            }
            self.places = places
        }

        func column(_ feature: Int) -> UnsafePointer<UInt8> {
            UnsafePointer(places.pointer + feature * rows)
        }
    }

    /// The best candidates, best first.
    func best(_ count: Int, perFeature: Int, knownCuts: [Int: [Int]]) -> [Candidate] {
        let shortlist = screen()
        // Looked at again, in finer bins and with all leaves.
        var axes = [[UInt8]](repeating: [], count: table.bins.count)
        for candidate in shortlist {
            for feature in [candidate.first, candidate.second ?? candidate.first]
            where axes[feature].isEmpty {
                axes[feature] = axis(feature, Self.fine, knownCuts[feature] ?? [])
            }
        }
        let again = gains(shortlist.map { ($0.first, $0.second) }, axes, limits)
        let sorted = again.sorted { $0.gain == $1.gain ? $0.first < $1.first : $0.gain > $1.gain }
        var taken: [Candidate] = []
        var uses: [Int: Int] = [:]
        for candidate in sorted where candidate.gain > 1 && taken.count < count {
            let features = [candidate.first] + (candidate.second.map { [$0] } ?? [])
            guard features.allSatisfy({ uses[$0, default: 0] < perFeature }) else { continue }
            for feature in features { uses[feature, default: 0] += 1 }
            taken.append(candidate)
        }
        return taken
    }

    /// All features alone and all pairs, in coarse bins and with few leaves.
    private func screen() -> [Candidate] {
        var axes = [[UInt8]](repeating: [], count: table.bins.count)
        for feature in features { axes[feature] = axis(feature, Self.coarse) }
        var pairs: [(Int, Int?)] = features.map { ($0, nil) }
        for (place, first) in features.enumerated() {
            for second in features[(place + 1)...] { pairs.append((first, second)) }
        }
        var quick = limits
        quick.leaves = 4
        quick.leastGain = 1
        let sorted = gains(pairs, axes, quick).sorted {
            $0.gain == $1.gain ? $0.first < $1.first : $0.gain > $1.gain
        }
        return Array(sorted.prefix(Self.shortlist))
    }

    private func gains(
        _ pairs: [(Int, Int?)], _ axes: [[UInt8]], _ limits: SplitLimits
    ) -> [Candidate] {
        let placed = Axes(table, rows, axes)
        let ordered = rows.map { derivatives[Int($0)] }
        let nothing = AlignedBuffer<UInt8>(count: rows.count)
        var gains = [Double](repeating: 0, count: pairs.count)
        let workers = ConcurrentLoop.processors
        gains.withUnsafeMutableBufferPointer { results in
            ordered.withUnsafeBufferPointer { buffer in
                guard let start = buffer.baseAddress else { return }
                nonisolated(unsafe) let (results, ordered) = (results, start)
                nonisolated(unsafe) let empty = UnsafePointer(nothing.pointer)
                ConcurrentLoop.run(workers: workers) { worker in
                    let cells = AlignedBuffer<GradientSums>(count: 2 * 64 * 64)
                    for index in stride(from: worker, to: pairs.count, by: workers) {
                        let (first, second) = pairs[index]
                        results[index] = honestGain(
                            placed.column(first), second.map { placed.column($0) } ?? empty,
                            rowsA: placed.counts[first],
                            columnsB: second.map { placed.counts[$0] } ?? 1, ordered,
                            cells.pointer, limits)
                    }
                }
            }
        }
        return zip(pairs, gains).map {
            Candidate(first: $0.0.0, second: $0.0.1, gain: $0.1)
        }
    }

    /// The cells of a candidate, chosen by all rows; nil if no split is worth it.
    func group(_ candidate: Candidate, knownCuts: [Int: [Int]]) -> CellGroup? {
        let firstAxis = axis(candidate.first, Self.fine, knownCuts[candidate.first] ?? [])
        let secondAxis = candidate.second.map { axis($0, Self.fine, knownCuts[$0] ?? []) }
        let height = Int(firstAxis.max() ?? 0) + 1
        let width = secondAxis.map { Int($0.max() ?? 0) + 1 } ?? 1
        let cells = AlignedBuffer<GradientSums>(count: height * width)
        let first = table.codes(of: candidate.first)
        let second = candidate.second.map { table.codes(of: $0) }
        for row in rows {
            let row = Int(row)
            var cell = Int(firstAxis[Int(first[row])]) * width
            if let second, let secondAxis { cell += Int(secondAxis[Int(second[row])]) }
            cells.pointer[cell].gradient += derivatives[row].x
            cells.pointer[cell].curvature += derivatives[row].y
            cells.pointer[cell].count += 1
        }
        let tree = PairTree(
            cells.pointer, rows: height, columns: width, stride: width, limits)
        guard tree.leaves.count > 1 else { return nil }
        guard let other = candidate.second, let secondAxis else {
            var leafOf = [UInt8](repeating: 0, count: height)
            for (index, leaf) in tree.leaves.enumerated() {
                for row in leaf.rows { leafOf[row] = UInt8(index) }
            }
            let places = firstAxis.map { leafOf[Int($0)] }
            return CellGroup(table, feature: candidate.first, places: places, isOrdered: false)
        }
        // The tree's cuts, between which the grid is filled up; its cells are smoothed.
        let rowCuts = tree.leaves.map(\.rows.lowerBound).filter { $0 > 0 }
        let columnCuts = tree.leaves.map(\.columns.lowerBound).filter { $0 > 0 }
        return CellGroup(
            table, first: candidate.first, second: other,
            firstPlaces: gridAxis(candidate.first, firstAxis, Set(rowCuts)),
            secondPlaces: gridAxis(other, secondAxis, Set(columnCuts)),
            isFirstOrdered: orders[candidate.first].isEmpty,
            isSecondOrdered: orders[other].isEmpty)
    }

    /// The axis of a grid: of a finer axis' places, those from cut to cut share one; more cuts are
    /// put where the model is least sure.
    private func gridAxis(_ feature: Int, _ axis: [UInt8], _ cuts: Set<Int>) -> [UInt8] {
        var cuts = cuts
        let sums = derivatives.withUnsafeBufferPointer {
            $0.baseAddress.map { table.sums(of: feature, rows, $0) } ?? []
        }
        var places = [GradientSums](
            repeating: GradientSums(), count: Int(axis.max() ?? 0) + 1)
        for (bin, place) in axis.enumerated() {
            places[Int(place)] = places[Int(place)] + sums[bin]
        }
        // The missing value keeps a place of its own.
        if orders[feature].isEmpty, sums[0].count > 0 { cuts.insert(1) }
        let count = Self.gridPlaces - cuts.count
        for cut in StepTree.quantiles(places, count: count) { cuts.insert(cut) }
        let ascending = cuts.sorted().prefix(Self.gridPlaces - 1)
        return axis.map { place in UInt8(ascending.filter { $0 <= Int(place) }.count) }
    }
}
