internal import Simulation

/// What one member of a bag is fitted to: some of the rows, and in each round some of the features (Breiman: *Bagging
/// predictors*, 1996; Ho: *The random subspace method for constructing decision forests*, 1998). Members then err in
/// different ways, and their mean errs less.
struct BagMember: Sendable {
    /// Share of the rows that a member of a bag of several sees.
    private static let rowShare = 0.85
    private static let featureShare = 0.5
    /// So few features are all looked at.
    private static let leastFeatures = 16

    /// By row: 1 for those the member is fitted to, 0 for others.
    let rowWeights: [Double]
    private var random: SeededRandom?

    /// Sees these rows and, in every round, all features.
    init(rowWeights: [Double]) { self.rowWeights = rowWeights }

    /// Member `number` of a bag. The only one of a bag sees all rows, as one does that would else see a single class.
    init(_ number: Int, of members: Int, _ isFraud: [Bool], seed: UInt64) {
        var random = SeededRandom(seed: seed, stream: Self.stream(number))
        let isSeen = isFraud.map { _ in members == 1 || random.chance(Self.rowShare) }
        let classes = Set(zip(isFraud, isSeen).lazy.filter(\.1).map(\.0))
        rowWeights = isSeen.map { $0 || classes.count < 2 ? 1 : 0 }
        self.random = random
    }

    /// Apart from the streams of the forest's trees.
    private static func stream(_ number: Int) -> UInt64 { 1 << 32 + UInt64(number) }

    /// What the next round sees: features among which terms are looked for, in their order, and the place from which
    /// honest rows are taken evenly.
    mutating func nextRound(_ features: [Int]) -> (features: [Int], phase: Int) {
        guard var random else { return (features, 0) }
        defer { self.random = random }
        let share = max(
            Self.featureShare, Double(Self.leastFeatures) / Double(max(1, features.count)))
        return (features.filter { _ in random.chance(share) }, random.below(1 << 30))
    }
}
