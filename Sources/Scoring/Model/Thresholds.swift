/// Calibrated probabilities of fraud from which on a payment is challenged, held or declined;
/// ascending. A score exactly at a threshold reaches it.
public struct Thresholds: Sendable, Equatable {
    public let challenge: Double
    public let hold: Double
    public let decline: Double

    /// Thresholds that are probabilities and ascend; nil for anything else.
    public init?(challenge: Double, hold: Double, decline: Double) {
        guard challenge > 0, challenge <= hold, hold <= decline, decline <= 1 else { return nil }
        self.challenge = challenge
        self.hold = hold
        self.decline = decline
    }
}
