/// A decision, with the transfer it is about.
public struct TransferDecision: Sendable, Equatable {
    /// What is decided about.
    public var transfer: TransferID
    /// `elapsedMicros` is 0: the engine reads no clock, its shell fills it in.
    public var decision: Decision
    /// Features and reasons; nil for a plain approve.
    public var detail: DecisionDetail?

    /// A decision about a transfer; `detail` is kept unless it is a plain approval.
    @inlinable
    public init(transfer: TransferID, decision: Decision, detail: DecisionDetail?) {
        self.transfer = transfer
        self.decision = decision
        self.detail = detail
    }
}
