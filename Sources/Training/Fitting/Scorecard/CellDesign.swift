internal import LinearAlgebra

/// How strongly weights are held back: in units of one row's deviance, so that 1 means what one
/// row's worth of certainty does.
struct ScorecardPenalty: Sendable, Equatable {
    /// Of the square of a linear weight, per standard deviation.
    var linear = 1.0
    /// Of the square of a step's weight against that of the reference.
    var step = 1.0
    /// Of the square of the difference between neighbouring steps.
    var difference = 1.0
    /// Of the square of a pair's weight against that of its reference.
    var pair = 1.0
    /// Of the square of the difference between neighbouring cells of a pair.
    var pairDifference = 1.0

    /// The same shares, so many times as strong.
    static func * (penalty: ScorecardPenalty, factor: Double) -> ScorecardPenalty {
        ScorecardPenalty(
            linear: penalty.linear * factor, step: penalty.step * factor,
            difference: penalty.difference * factor, pair: penalty.pair * factor,
            pairDifference: penalty.pairDifference * factor)
    }
}

/// The design of a scorecard: dense columns, and for each row the short list of cells that it is in
/// (references left out). Weights are those of cells, group after group, then of dense columns.
struct CellDesign: ~Copyable {
    let table: FitTable
    let cellWeights: Int
    let weightCount: Int
    /// Penalty of each weight's square.
    let ridge: [Double]
    /// Penalties of differences of two weights' squares.
    let differences: [(Int, Int, Double)]
    /// Places in a row's list, at most.
    let width: Int
    let entries: AlignedBuffer<UInt16>
    let entryCounts: AlignedBuffer<UInt16>

    init(_ table: FitTable, _ groups: [CellGroup], _ penalty: ScorecardPenalty) {
        self.table = table
        var starts: [Int] = []
        var ridge: [Double] = []
        var differences: [(Int, Int, Double)] = []
        for group in groups {
            let start = ridge.count
            starts.append(start)
            let strength = group.second == nil ? penalty.step : penalty.pair
            ridge += [Double](repeating: strength, count: group.weightCount)
            let pull = group.second == nil ? penalty.difference : penalty.pairDifference
            guard pull > 0 else { continue }
            for (cell, next) in group.neighbours {
                switch (group.weight(of: cell), group.weight(of: next)) {
                case (let a?, let b?): differences.append((start + a, start + b, pull))
                case (let a?, nil), (nil, let a?): ridge[start + a] += pull
                case (nil, nil): break
                }
            }
        }
        cellWeights = ridge.count
        // The intercept is free.
        ridge.append(0)
        ridge += [Double](repeating: penalty.linear, count: table.dense.columns - 1)
        self.ridge = ridge
        self.differences = differences
        weightCount = ridge.count
        let width = max(1, groups.count)
        self.width = width
        let entries = AlignedBuffer<UInt16>(count: table.count * width)
        let entryCounts = AlignedBuffer<UInt16>(count: table.count)
        nonisolated(unsafe) let (list, counts) = (entries.pointer, entryCounts.pointer)
        let workers = ConcurrentLoop.processors
        ConcurrentLoop.run(workers: workers) { worker in
            let first = table.count * worker / workers
            let end = table.count * (worker + 1) / workers
            for (group, start) in zip(groups, starts) {
                Self.append(group, UInt16(start), first..<end, table, list, counts, width)
            }
        }
        self.entries = entries
        self.entryCounts = entryCounts
    }

    private static func append(
        _ group: CellGroup, _ start: UInt16, _ rows: Range<Int>, _ table: FitTable,
        _ list: UnsafeMutablePointer<UInt16>, _ counts: UnsafeMutablePointer<UInt16>, _ width: Int
    ) {
        let weights = (0..<group.count).map { group.weight(of: $0).map { start + UInt16($0) } }
        let first = table.codes(of: group.first)
        let second = group.second.map { table.codes(of: $0) } ?? first
        for row in rows {
            guard let weight = weights[group.cell(Int(first[row]), Int(second[row]))] else {
                continue
            }
            list[row * width + Int(counts[row])] = weight
            counts[row] += 1
        }
    }
}
