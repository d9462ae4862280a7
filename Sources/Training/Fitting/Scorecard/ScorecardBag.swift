/// Scorecards that grow beside one another, each from other rows and features, and are one scorecard in the end: a mean
/// of sums of steps and pairs is a sum of steps and pairs, so it is explained as exactly as any of them.
struct ScorecardBag: Sendable {
    private(set) var members: [ScorecardGrowth]

    /// Cuts and first fits of so many members.
    init(
        _ table: FitTable, _ settings: ScorecardSettings, members: Int, seed: UInt64
    ) throws(TrainingError) {
        self.members = []
        for number in 0..<max(1, members) {
            let member = BagMember(number, of: members, table.isFraud, seed: seed)
            self.members.append(try ScorecardGrowth(table, settings, member))
        }
    }

    /// Adds a round of terms to every member.
    mutating func grow() throws(TrainingError) {
        for index in members.indices { _ = try members[index].grow() }
    }

    /// Fits all weights of each member together.
    mutating func refit(tolerance: Double) throws(TrainingError) {
        for index in members.indices { try members[index].refit(tolerance: tolerance) }
    }

    /// The mean of the members.
    var terms: FittedTerms { FittedTerms(mean: members.map(\.terms)) }

    /// Newton's steps of the member that took most in its last fit.
    var iterations: Int { members.map(\.fit.iterations).max() ?? 0 }

    /// Largest component of any member's gradient.
    var gradient: Double { members.map(\.fit.gradient).max() ?? 0 }

    /// Every member has all rows on the right side.
    var isSeparated: Bool { members.allSatisfy { $0.fit.worstMargin > 0 } }
}
