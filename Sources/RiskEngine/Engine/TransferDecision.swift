public import EventLog

/// A decision, with the transfer it is about.
public struct TransferDecision: Sendable, Equatable {
    public var transfer: TransferID
    /// `elapsedMicros` is 0: the engine reads no clock, its shell fills it in.
    public var decision: Decision
    /// Features and reasons; nil for a plain approve.
    public var detail: DecisionDetail?
}
