public import Cryptography

/// A fitted model: what turns a vector of features into a calibrated probability of fraud.
///
/// margin = intercept + Σ feature terms + Σ pair terms + forest term;  log-odds = slope · margin + offset;
/// probability = 1 / (1 + exp(−log-odds)). It is linear in its inputs, so it can be explained
/// exactly, see ``Scorer/contributions(row:)``. A model that was fitted elsewhere may round its inputs first, and an
/// isolation forest alone may have another ``ScoreLink``.
public struct RiskModel: Sendable, Equatable {
    /// Identifies the feature catalogue that it was trained with.
    public let catalogueHash: [UInt8]
    /// One term a feature, in the catalogue's order.
    public let terms: [FeatureTerm]
    /// Interactions, each of two features that have steps.
    public let pairs: [PairTerm]
    /// Nil for a plain logistic.
    public let forest: ForestTerm?
    /// Margin where every term is 0.
    public let intercept: Double
    /// What makes a probability of a margin.
    public let calibration: Calibration
    /// The scores from which a payment is not simply approved.
    public let thresholds: Thresholds
    /// What its inputs are rounded to first.
    public let precision: InputPrecision
    /// What makes a score of the calibrated sum.
    public let link: ScoreLink
    /// What the model was fitted to.
    public let provenance: Provenance
    /// SHA-256 of the file's bytes.
    public private(set) var hash: SHA256Digest

    /// Names of the features, in the order of an input row.
    public var featureNames: [String] { terms.map(\.name) }

    /// Versions of the file format that this build reads.
    public static let formatVersions: ClosedRange<UInt32> = 2...3
    /// The version that the model is written in: the lowest that can hold it.
    public var formatVersion: UInt32 {
        let isPlain =
            precision == .double && link == .logistic && forest?.inputs != .rawOrAbove
        return isPlain ? 2 : 3
    }
    /// No model has more features.
    public static let maximumFeatures = 4_096
    /// No model has more pairs.
    public static let maximumPairs = 4_096

    /// Whether the forest is all there is of the model: no term of a feature adds anything.
    public var isForestAlone: Bool {
        forest != nil && pairs.isEmpty && terms.allSatisfy { $0.weight == 0 && $0.steps == nil }
    }

    /// Assembles a model; refuses what could not be scored: no features or too many, numbers that
    /// are not finite, scales or a slope that are not positive, a forest that splits on features
    /// there are not, steps or transforms of inputs that are rounded, a link that another model than a forest has not.
    public init(
        catalogueHash: [UInt8], terms: [FeatureTerm], pairs: [PairTerm] = [], forest: ForestTerm?,
        intercept: Double, calibration: Calibration, thresholds: Thresholds,
        precision: InputPrecision = .double, link: ScoreLink = .logistic,
        provenance: Provenance = Provenance()
    ) throws(ModelError) {
        try Self.check(terms, forest, intercept, calibration)
        try Self.check(pairs, terms)
        try Self.check(terms, forest, precision, link)
        self.catalogueHash = catalogueHash
        self.terms = terms
        self.pairs = pairs
        self.forest = forest
        self.intercept = intercept
        self.calibration = calibration
        self.thresholds = thresholds
        self.precision = precision
        self.link = link
        self.provenance = provenance
        hash = .zero
        hash = SHA256.hash(encoded())
    }

    private static func check(
        _ terms: [FeatureTerm], _ forest: ForestTerm?, _ intercept: Double,
        _ calibration: Calibration
    ) throws(ModelError) {
        guard !terms.isEmpty, terms.count <= maximumFeatures else {
            throw ModelError(.malformed("\(terms.count) features, not 1 to \(maximumFeatures)"))
        }
        for term in terms {
            let numbers = [term.mean, term.scale, term.weight, term.baseline]
            guard numbers.allSatisfy(\.isFinite), term.scale > 0 else {
                throw ModelError(.malformed("feature \(term.name) has numbers \(numbers)"))
            }
            guard let steps = term.steps else { continue }
            guard steps.bins.isValid, steps.weights.count == steps.bins.count,
                steps.weights.allSatisfy(\.isFinite)
            else { throw ModelError(.malformed("feature \(term.name) has steps out of range")) }
        }
        if let forest {
            guard forest.mean.isFinite, forest.scale.isFinite, forest.scale > 0,
                forest.weight.isFinite
            else { throw ModelError(.malformed("the forest's term is not finite")) }
            guard forest.forest.featureCount <= terms.count else {
                throw ModelError(
                    .malformed(
                        "the forest has \(forest.forest.featureCount) features, the model "
                            + "\(terms.count)"))
            }
        }
        guard intercept.isFinite, calibration.slope > 0, calibration.slope.isFinite,
            calibration.offset.isFinite
        else { throw ModelError(.malformed("intercept or calibration out of range")) }
    }

    private static func check(
        _ terms: [FeatureTerm], _ forest: ForestTerm?, _ precision: InputPrecision,
        _ link: ScoreLink
    ) throws(ModelError) {
        if precision == .single {
            for term in terms where term.steps != nil || term.transform != .identity {
                throw ModelError(
                    .malformed("feature \(term.name) is rounded, but not linear in its value"))
            }
        }
        if link == .powerOfTwo {
            guard let forest, forest.weight > 0,
                terms.allSatisfy({ $0.weight == 0 && $0.steps == nil })
            else {
                throw ModelError(
                    .malformed("scores are powers of two, which is for a forest alone"))
            }
        }
    }

    private static func check(
        _ pairs: [PairTerm], _ terms: [FeatureTerm]
    ) throws(ModelError) {
        guard pairs.count <= maximumPairs else {
            throw ModelError(.malformed("\(pairs.count) pairs, more than \(maximumPairs)"))
        }
        for pair in pairs {
            let isOrdered = pair.first >= 0 && pair.first < pair.second && pair.second < terms.count
            guard isOrdered, let first = terms[pair.first].steps,
                let second = terms[pair.second].steps,
                pair.firstGroups.count == first.bins.count,
                pair.secondGroups.count == second.bins.count,
                pair.weights.count == pair.firstGroupCount * pair.secondGroupCount,
                pair.weights.allSatisfy(\.isFinite)
            else {
                throw ModelError(
                    .malformed("the pair of features \(pair.first) and \(pair.second) does not fit")
                )
            }
        }
    }
}
