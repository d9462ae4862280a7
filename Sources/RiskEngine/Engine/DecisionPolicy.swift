internal import EventLog
internal import Scoring

/// From a score to an action. Scores are compared in whole billionths, so that another BLAS build's last bits
/// change no decision.
struct DecisionPolicy: Sendable {
    private let challenge: Int64
    private let hold: Int64
    private let decline: Int64

    init(_ thresholds: Thresholds) {
        challenge = Self.billionths(thresholds.challenge)
        hold = Self.billionths(thresholds.hold)
        decline = Self.billionths(thresholds.decline)
    }

    func action(probability: Double) -> DecisionAction {
        let score = Self.billionths(probability)
        if score >= decline { return .decline }
        if score >= hold { return .hold }
        if score >= challenge { return .challenge }
        return .approve
    }

    private static func billionths(_ probability: Double) -> Int64 {
        // A score that is no number can only come from a broken model: it is never an approval.
        guard probability.isFinite else { return .max }
        return Int64((probability * 1e9).rounded())
    }
}
