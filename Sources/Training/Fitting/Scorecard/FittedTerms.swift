/// Steps and pairs of a table's features, and the weights that were fitted to them.
struct FittedTerms {
    let table: FitTable
    private(set) var groups: [CellGroup]
    /// Of the groups' cells, then of the intercept, the linear terms and the forest.
    private(set) var weights: [Double]

    init(_ table: FitTable, _ groups: [CellGroup], _ weights: [Double]) {
        (self.table, self.groups, self.weights) = (table, groups, weights)
    }

    /// The mean of the terms of one table, in which groups stand as often as members have them.
    init(mean members: [FittedTerms]) {
        let share = 1 / Double(members.count)
        let dense = members[0].table.dense.columns
        var cells: [Double] = []
        var last = [Double](repeating: 0, count: dense)
        for member in members {
            cells += member.weights.dropLast(dense).map { $0 * share }
            for (place, weight) in member.weights.suffix(dense).enumerated() {
                last[place] += weight * share
            }
        }
        self.init(members[0].table, members.flatMap(\.groups), cells + last)
    }

    /// Number of pairs, those of the same two features counted once.
    var pairCount: Int {
        Set(groups.compactMap { group in group.second.map { [group.first, $0] } }).count
    }
}
