internal import Glibc
internal import LinearAlgebra
internal import Scoring

/// What a scorecard is fitted with.
struct ScorecardSettings: Sendable, Equatable {
    /// Bins of a feature's steps, at most; 1 for linear terms alone.
    var bins = 12
    /// Rectangles of a pair, at most.
    var leaves = 8
    var penalty = ScorecardPenalty()
    /// Terms that are added between two fits.
    var termsPerRound = 6
    /// Names of features whose values are codes of a category.
    var categories: Set<String> = []
}

/// A scorecard that is fitted and then grows: cuts first, then, round by round, the terms that
/// explain most of what is left, and after each round all weights together.
struct ScorecardGrowth {
    /// Where a fit that is only looked at may end.
    static let roughTolerance = 1e-6

    let table: FitTable
    var settings: ScorecardSettings
    private(set) var groups: [CellGroup]
    private(set) var fit: CellRegression.Fit
    private var member: BagMember
    private var derivatives: [SIMD2<Double>]

    /// Cuts, and a first fit.
    ///
    /// - Parameter member: what it is fitted to; all rows if it is not given.
    init(
        _ table: FitTable, _ settings: ScorecardSettings, _ member: BagMember? = nil
    ) throws(TrainingError) {
        let member = member ?? BagMember(rowWeights: [Double](repeating: 1, count: table.count))
        self.table = table
        self.settings = settings
        self.member = member
        let rows = (0..<table.count).filter { member.rowWeights[$0] > 0 }.map { Int32($0) }
        let frauds = rows.reduce(0) { $0 + (table.isFraud[Int($1)] ? 1 : 0) }
        let share = Double(frauds) / Double(rows.count)
        let null = table.isFraud.map { SIMD2(share - ($0 ? 1 : 0), share * (1 - share)) }
        groups = Self.steps(table, rows, null, settings)
        let weights = groups.reduce(0) { $0 + $1.weightCount }
        var start = [Double](repeating: 0, count: weights + table.dense.columns)
        start[weights] = log(share / (1 - share))
        fit = CellRegression.Fit(
            weights: start, iterations: 0, gradient: .infinity, objective: .infinity,
            worstMargin: -.infinity)
        derivatives = null
        try refit(tolerance: Self.roughTolerance)
    }

    private static func steps(
        _ table: FitTable, _ rows: [Int32], _ derivatives: [SIMD2<Double>],
        _ settings: ScorecardSettings
    ) -> [CellGroup] {
        var groups: [CellGroup] = []
        for feature in table.features {
            let sums = derivatives.withUnsafeBufferPointer {
                $0.baseAddress.map { table.sums(of: feature, rows, $0) } ?? []
            }
            if case .levels = table.bins[feature] {
                let places = sums.indices.map { UInt8($0) }
                if sums.filter({ $0.count > 0 }).count > 1 {
                    groups.append(
                        CellGroup(table, feature: feature, places: places, isOrdered: false))
                }
                continue
            }
            let cuts = StepTree.cuts(
                Array(sums.dropFirst()),
                SplitLimits(leaves: settings.bins, leastRows: 10, leastGain: 2))
            guard !cuts.isEmpty || sums[0].count > 0 else { continue }
            var places: [UInt8] = [0]
            var place: UInt8 = 1
            for position in 0..<sums.count - 1 {
                if cuts.contains(position) { place += 1 }
                places.append(place)
            }
            groups.append(CellGroup(table, feature: feature, places: places, isOrdered: true))
        }
        return groups
    }

    /// Fits all weights together, from those there are.
    mutating func refit(
        tolerance: Double, progress: (Int) -> Void = { _ in }
    ) throws(TrainingError) {
        var regression = regression()
        fit = try regression.fit(from: fit.weights, tolerance: tolerance, progress: progress)
        derivatives = regression.derivatives()
    }

    /// Adds a round of terms and fits anew; false if nothing is worth it.
    mutating func grow() throws(TrainingError) -> Bool {
        let round = member.nextRound(table.features)
        let search = TermSearch(
            table, derivatives, member.rowWeights, features: round.features, phase: round.phase,
            SplitLimits(leaves: settings.leaves, leastRows: 10, leastGain: 1.5))
        let known = knownCuts
        let best = search.best(settings.termsPerRound, perFeature: 2, knownCuts: known)
        let added = best.compactMap { search.group($0, knownCuts: known) }
        guard !added.isEmpty else { return false }
        let cells = groups.reduce(0) { $0 + $1.weightCount }
        let more = added.reduce(0) { $0 + $1.weightCount }
        fit.weights.insert(contentsOf: [Double](repeating: 0, count: more), at: cells)
        groups += added
        try refit(tolerance: Self.roughTolerance)
        return true
    }

    private func regression() -> CellRegression {
        CellRegression(CellDesign(table, groups, settings.penalty), rowWeights: member.rowWeights)
    }

    /// Margins of all rows at the fitted weights.
    func margins() -> [Double] {
        var regression = regression()
        return regression.margins(at: fit.weights)
    }

    /// What has been fitted so far.
    var terms: FittedTerms { FittedTerms(table, groups, fit.weights) }

    /// Where the steps of each feature have cuts, as places among its fine bins.
    private var knownCuts: [Int: [Int]] {
        var cuts: [Int: [Int]] = [:]
        for group in groups where group.second == nil && !group.neighbours.isEmpty {
            let places = group.firstPlaces
            cuts[group.first] = (1..<places.count).filter { places[$0] != places[$0 - 1] }
        }
        return cuts
    }
}
