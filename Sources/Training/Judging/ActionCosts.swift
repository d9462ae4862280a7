internal import Glibc
internal import Scoring

/// What actions cost, in the table's own money: instead of an alert budget, thresholds can be chosen so that all of it
/// together costs least on held-out rows.
///
/// An approved fraud costs its amount. A declined one costs nothing, a held one its review; of challenged frauds some pass
/// the challenge all the same.
public struct ActionCosts: Sendable, Equatable {
    /// An honest payer who is challenged.
    public var challenge: Double
    /// A payment that a person reviews, fraud or not.
    public var hold: Double
    /// An honest payment that is declined.
    public var decline: Double
    /// Share of challenged frauds that pass the challenge.
    public var passing: Double

    /// Costs of an honest challenge, of a review and of an honest decline, each at least 0.
    ///
    /// - Parameter passing: share of challenged frauds that pass the challenge, from 0 to 1.
    public init(challenge: Double, hold: Double, decline: Double, passing: Double = 0.2) {
        self.challenge = challenge
        self.hold = hold
        self.decline = decline
        self.passing = passing
    }

    /// Costs of all four actions on one payment: approve, challenge, hold, decline.
    func ofActions(isFraud: Bool, amount: Double) -> (Double, Double, Double, Double) {
        isFraud ? (amount, passing * amount, hold, 0) : (0, challenge, hold, decline)
    }
}

extension AlertThresholds {
    /// Thresholds by the options' costs, or else by their alert budget.
    ///
    /// - Parameter held: rows of `rows` that were not fitted, to which `scores` belong.
    static func choose(
        _ scores: [Double], _ rows: FeatureRows, held: [Int], _ options: TrainingOptions
    ) throws(TrainingError) -> Thresholds {
        guard let costs = options.costs else {
            return try choose(scores, budget: options.budget)
        }
        let labelled = held.indices.filter { rows.isLabelled[held[$0]] }
        guard !labelled.isEmpty else {
            throw .model("costs are weighed on labelled rows, and there are none")
        }
        return try choose(
            labelled.map { scores[$0] }, isFraud: labelled.map { rows.isFraud[held[$0]] },
            amounts: try amounts(rows, labelled.map { held[$0] }), costs: costs)
    }

    /// Amounts in major units.
    private static func amounts(
        _ rows: FeatureRows, _ places: [Int]
    ) throws(TrainingError) -> [Double] {
        func values(_ column: Int, _ unit: (Double) -> Double) -> [Double] {
            // What an unknown amount would cost is unknown: nothing is lost with it.
            places.map { unit(rows[$0, column]) }.map { $0.isFinite ? max(0, $0) : 0 }
        }
        if let column = rows.names.firstIndex(of: "amount.log") { return values(column, expm1) }
        if let column = rows.names.firstIndex(where: { $0.lowercased() == "amount" }) {
            return values(column) { $0 }
        }
        throw .model("costs are weighed against amounts: the table has no column amount")
    }

    /// Thresholds at which actions and frauds together cost least on rows that were not fitted; of equals those that stop
    /// fewest. Exact: all places between two scores are tried, in one pass.
    static func choose(
        _ scores: [Double], isFraud: [Bool], amounts: [Double], costs: ActionCosts
    ) throws(TrainingError) -> Thresholds {
        let order = scores.indices.sorted {
            scores[$0] != scores[$1] ? scores[$0] > scores[$1] : $0 < $1
        }
        // Sums over the rows before a place, of how much more each action costs than the one below it.
        var (challenge, hold, decline) = (0.0, 0.0, 0.0)
        // The best places so far: for declining alone; with holding below; with challenging below that.
        var first = (cost: 0.0, decline: 0)
        var second = (cost: 0.0, decline: 0, hold: 0)
        var best = (cost: 0.0, decline: 0, hold: 0, challenge: 0)
        for (place, row) in order.enumerated() {
            let cost = costs.ofActions(isFraud: isFraud[row], amount: amounts[row])
            challenge += cost.1 - cost.0
            hold += cost.2 - cost.1
            decline += cost.3 - cost.2
            let end = place + 1
            // Equal scores are treated alike.
            if end < order.count, scores[order[end]] == scores[row] { continue }
            if decline < first.cost { first = (decline, end) }
            if first.cost + hold < second.cost { second = (first.cost + hold, first.decline, end) }
            if second.cost + challenge < best.cost {
                best = (second.cost + challenge, second.decline, second.hold, end)
            }
        }
        /// Nothing reaches the threshold of an action that pays nowhere.
        func threshold(_ count: Int) -> Double {
            count == 0 ? 1 : max(scores[order[count - 1]], .leastNormalMagnitude)
        }
        let (low, middle, high) = (
            threshold(best.challenge), threshold(best.hold), threshold(best.decline)
        )
        guard let thresholds = Thresholds(challenge: low, hold: middle, decline: high) else {
            throw .model("thresholds \(low), \(middle), \(high) do not ascend")
        }
        return thresholds
    }
}
