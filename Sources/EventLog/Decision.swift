/// What the engine, or the fail policy, says of a transfer. Raw values are the wire's.
public enum DecisionAction: UInt8, Sendable, CaseIterable {
    case approve = 1
    case hold = 2
    case challenge = 3
    case decline = 4
    /// No engine decided: the fail policy did.
    case notEvaluated = 5
}

extension DecisionAction: CustomStringConvertible {
    /// The word used in JSON and in text.
    public var description: String {
        switch self {
        case .approve: "approve"
        case .hold: "hold"
        case .challenge: "challenge"
        case .decline: "decline"
        case .notEvaluated: "not_evaluated"
        }
    }
}

/// One decision: a function of the events 1 … `sequence`, and of the engine of `epoch`.
public struct Decision: Sendable, Equatable {
    /// What is to become of the transfer.
    public var action: DecisionAction
    /// Bits of the calibrated probability of fraud (IEEE 754 binary64).
    public var scoreBits: UInt64
    /// Digest of the bits of every feature, see `FeatureVector.digest`.
    public var featureDigest: UInt64
    /// The reserve event it belongs to.
    public var sequence: Sequence
    /// Which engine decided: number of its `engineActivated` event.
    public var epoch: UInt32
    /// Microseconds from the arrival of the event at the engine to the decision. Not reproducible.
    public var elapsedMicros: UInt32

    /// A decision with all that is recorded of it.
    @inlinable public init(
        action: DecisionAction, scoreBits: UInt64, featureDigest: UInt64, sequence: Sequence,
        epoch: UInt32, elapsedMicros: UInt32
    ) {
        self.action = action
        self.scoreBits = scoreBits
        self.featureDigest = featureDigest
        self.sequence = sequence
        self.epoch = epoch
        self.elapsedMicros = elapsedMicros
    }

    /// Calibrated probability of fraud, 0 … 1.
    @inlinable public var score: Double { Double(bitPattern: scoreBits) }
}

/// Why a decision is not a plain approve: one feature's part in the score.
public struct Reason: Sendable, Equatable {
    /// Stable code, upper case, such as `VELOCITY_1H`.
    public var code: String
    /// Name of the feature in the catalogue.
    public var feature: String
    /// The feature's value for this transfer, in the unit that the catalogue defines.
    public var value: Double
    /// What is usual: the feature's mean where the model was trained.
    public var baseline: Double
    /// Part of the log-odds, relative to the baseline.
    public var contribution: Double

    /// A reason with its part in the score.
    public init(
        code: String, feature: String, value: Double, baseline: Double, contribution: Double
    ) {
        self.code = code
        self.feature = feature
        self.value = value
        self.baseline = baseline
        self.contribution = contribution
    }
}

/// What is kept beside a decision that is not a plain approve.
public struct DecisionDetail: Sendable, Equatable {
    /// Every feature, in the catalogue's order.
    public var features: [Double]
    /// The largest contributions first.
    public var reasons: [Reason]
    /// Names of the rules that matched.
    public var rules: [String]

    /// Detail of which any part may be missing.
    public init(features: [Double] = [], reasons: [Reason] = [], rules: [String] = []) {
        self.features = features
        self.reasons = reasons
        self.rules = rules
    }
}
