internal import Glibc

/// How a feature's value becomes the number that is standardised. Raw values are the file's.
public enum FeatureTransform: UInt8, Sendable, CaseIterable {
    case identity = 0
    /// sign(x) · ln(1 + |x|): for amounts, counts and distances, whose tails are long.
    case signedLogarithm = 1

    /// The transformed value; NaN stays NaN.
    @inlinable public func callAsFunction(_ value: Double) -> Double {
        switch self {
        case .identity: value
        case .signedLogarithm: Self.signedLogarithm(of: value)
        }
    }

    /// The value whose transform is `value`.
    public func inverse(_ value: Double) -> Double {
        switch self {
        case .identity: value
        case .signedLogarithm: value < 0 ? -expm1(-value) : expm1(value)
        }
    }

    @usableFromInline static func signedLogarithm(of value: Double) -> Double {
        let magnitude = log(1 + value.magnitude)
        return value < 0 ? -magnitude : magnitude
    }
}

/// One feature's part of the logistic: `weight · z` plus the weight of its step, where z =
/// (transform(x) − mean) / scale, clipped to ±``clip``; a missing value has z = 0, so that it adds
/// nothing but its own weight among the steps.
public struct FeatureTerm: Sendable, Equatable {
    /// Name in the feature catalogue.
    public var name: String
    /// What is done to the value before it is standardised.
    public var transform: FeatureTransform
    /// Mean of the transformed value where the model was trained.
    public var mean: Double
    /// Standard deviation of the transformed value; positive.
    public var scale: Double
    /// Log-odds per standard deviation, before calibration.
    public var weight: Double
    /// The value in the feature's own unit whose z is 0: what is usual.
    public var baseline: Double
    /// What its bins add; nil for a term that is linear alone.
    public var steps: StepTerm?

    /// Standardised values beyond this many standard deviations count as this many, in both models.
    public static let clip = 8.0

    /// A term as it was fitted.
    public init(
        name: String, transform: FeatureTransform, mean: Double, scale: Double, weight: Double,
        baseline: Double, steps: StepTerm? = nil
    ) {
        self.name = name
        self.transform = transform
        self.mean = mean
        self.scale = scale
        self.weight = weight
        self.baseline = baseline
        self.steps = steps
    }

    /// The standardised value; 0 if missing.
    @inlinable public func standardised(_ value: Double) -> Double {
        let z = (transform(value) - mean) * (1 / scale)
        return z.isNaN ? 0 : max(-Self.clip, min(Self.clip, z))
    }
}

/// The isolation forest's part: `weight · (s − mean) / scale`, where s = −E[h] / c(ψ).
public struct ForestTerm: Sendable, Equatable {
    /// What a forest sees of a feature.
    public enum Inputs: UInt8, Sendable, CaseIterable {
        /// The standardised value, 0 if missing.
        case standardised = 0
        /// The value itself; the feature's baseline if missing.
        case raw = 1
        /// The value itself; above every threshold if missing.
        case rawOrAbove = 2
    }

    /// The trees.
    public var forest: IsolationForest
    /// What they see.
    public var inputs: Inputs
    /// Mean of s where the model was trained.
    public var mean: Double
    /// Standard deviation of s; positive.
    public var scale: Double
    /// Log-odds per standard deviation, before calibration.
    public var weight: Double

    /// A term as it was fitted.
    public init(
        forest: IsolationForest, inputs: Inputs = .standardised, mean: Double, scale: Double,
        weight: Double
    ) {
        self.forest = forest
        self.inputs = inputs
        self.mean = mean
        self.scale = scale
        self.weight = weight
    }
}

extension FeatureTerm {
    /// What a forest sees of a value: finite and within single precision's range.
    @inlinable public func forestInput(_ value: Double, _ inputs: ForestTerm.Inputs) -> Double {
        switch inputs {
        case .standardised: standardised(value)
        case .raw, .rawOrAbove:
            value.isNaN
                ? missingForestInput(inputs)
                : max(-Self.largestForestInput, min(Self.largestForestInput, value))
        }
    }

    /// What a forest sees of a missing value that is not standardised.
    @inlinable func missingForestInput(_ inputs: ForestTerm.Inputs) -> Double {
        inputs == .rawOrAbove ? Self.largestForestInput : baseline
    }

    /// The largest finite number of single precision; thresholds of forests are not above it.
    public static let largestForestInput = Double(Float.greatestFiniteMagnitude)
}

/// Platt's calibration (1999): log-odds = slope · margin + offset.
public struct Calibration: Sendable, Equatable {
    /// Positive: calibration never changes the order of scores.
    public var slope: Double
    /// What is added to the margin after it was multiplied by `slope`, in log-odds.
    public var offset: Double

    /// A line that margins are put through.
    public init(slope: Double, offset: Double) {
        self.slope = slope
        self.offset = offset
    }

    /// Margins stay as they are.
    public static let identity = Calibration(slope: 1, offset: 0)
}

/// Where a model comes from.
public struct Provenance: Sendable, Equatable {
    /// Seed of the forest's random choices.
    public var seed: UInt64
    /// SHA-256 of the table it was fitted on.
    public var dataHash: [UInt8]
    /// First and last moment of the fitted rows, microseconds since 1970.
    public var from: Int64
    /// Last moment of the fitted rows, microseconds since 1970.
    public var until: Int64
    /// Fitted rows, and how many of them are fraud.
    public var rows: UInt64
    /// How many of the fitted rows are fraud.
    public var frauds: UInt64
    /// When the last of the labels that were fitted became known, microseconds since 1970: payments before that are no
    /// fair test. Nil if the table told no times.
    public var labelsKnownUntil: Int64?

    /// What is known of a fit; what is not given is not known.
    public init(
        seed: UInt64 = 0, dataHash: [UInt8] = [], from: Int64 = 0, until: Int64 = 0,
        rows: UInt64 = 0, frauds: UInt64 = 0, labelsKnownUntil: Int64? = nil
    ) {
        self.seed = seed
        self.dataHash = dataHash
        self.from = from
        self.until = until
        self.rows = rows
        self.frauds = frauds
        self.labelsKnownUntil = labelsKnownUntil
    }
}
