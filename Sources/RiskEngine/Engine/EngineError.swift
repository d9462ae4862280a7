internal import Cryptography
public import EventLog

/// Why the engine refuses a model or events.
public struct EngineError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What was refused.
    public enum Reason: Sendable, Equatable {
        /// The model was made for other features than this build computes.
        case foreignModel(String)
        /// A policy's model is not where models are kept, or is damaged.
        case missingModel([UInt8])
        /// A policy's rules are none of this build's.
        case unreadableRules(String)
        /// Events are missing, or were applied before.
        case gap(expected: Sequence, found: Sequence)
        /// The log is not the one that the state comes from.
        case foreignLog(String)
    }

    /// What was refused.
    public let reason: Reason

    init(_ reason: Reason) { self.reason = reason }

    /// What was refused, in one sentence.
    public var description: String {
        switch reason {
        case .foreignModel(let text): "the model cannot be used: \(text)"
        case .missingModel(let hash):
            "the policy in force names the model \(Hexadecimal.encode(hash)), which is not among the models of this "
                + "home: promote it again, or promote another"
        case .unreadableRules(let text): "the rules of the policy in force cannot be used: \(text)"
        case .gap(let expected, let found):
            "events from sequence \(expected.rawValue) are expected, not from \(found.rawValue)"
        case .foreignLog(let text): "another event log: \(text)"
        }
    }
}
