internal import Scoring

/// Chooses the scores from which payments are stopped.
enum AlertThresholds {
    /// Thresholds that spend an alert budget on scores of rows that were not fitted.
    static func choose(
        _ scores: [Double], budget: AlertBudget
    ) throws(TrainingError) -> Thresholds {
        let falling = scores.sorted(by: >)
        func threshold(_ share: Double) -> Double {
            let position = Int((share * Double(falling.count)).rounded()) - 1
            return max(falling[min(falling.count - 1, max(0, position))], .leastNormalMagnitude)
        }
        let decline = threshold(budget.decline)
        let hold = threshold(budget.decline + budget.hold)
        let challenge = threshold(budget.decline + budget.hold + budget.challenge)
        guard let thresholds = Thresholds(challenge: challenge, hold: hold, decline: decline) else {
            throw .model("thresholds \(challenge), \(hold), \(decline) do not ascend")
        }
        return thresholds
    }
}
