/// Calibrated probabilities of fraud from which on a payment is challenged, held or declined;
/// ascending. A score exactly at a threshold reaches it.
public struct Thresholds: Sendable, Equatable {
    /// The score from which the payer is asked to pass a challenge.
    public let challenge: Double
    /// The score from which a payment is held for review.
    public let hold: Double
    /// The score from which a payment is declined.
    public let decline: Double

    /// Thresholds that are probabilities and ascend; nil for anything else.
    public init?(challenge: Double, hold: Double, decline: Double) {
        guard challenge > 0, challenge <= hold, hold <= decline, decline <= 1 else { return nil }
        self.challenge = challenge
        self.hold = hold
        self.decline = decline
    }
}
