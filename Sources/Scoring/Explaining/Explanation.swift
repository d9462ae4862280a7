internal import Glibc

/// Why a row has its score: parts that add up to the calibrated log-odds.
public struct Explanation: Sendable, Equatable {
    /// One feature's part, that of a pair of them, or the forest's.
    public struct Part: Sendable, Equatable {
        /// Name of the feature, or of both with `×` between them; ``Explanation/forestName`` for the
        /// forest.
        public let name: String
        /// Index in the row, of a pair's first feature; nil for the forest.
        public let feature: Int?
        /// Index in the row of a pair's second feature; nil for all else.
        public var second: Int? = nil
        /// The feature's value, NaN if missing, of a pair its first feature's; the forest's score
        /// −E[h]/c(ψ).
        public let value: Double
        /// What is usual.
        public let baseline: Double
        /// Part of the calibrated log-odds, against the mean of the same part over the training
        /// rows. Linear part, bins and missing value of a feature are one.
        public let contribution: Double
    }

    /// Name of the isolation forest's part.
    public static let forestName = "isolation_forest"

    /// Features in the row's order, then pairs, then the forest if the model has one.
    public let parts: [Part]
    /// Log-odds of a row that is usual in every respect.
    public let intercept: Double
    /// Calibrated log-odds of the row: those of which ``Scorer/score(rows:count:into:)`` gives the
    /// probability.
    public let logOdds: Double
    /// What makes a score of them.
    public let link: ScoreLink

    /// Calibrated probability of fraud.
    public var probability: Double { link.score(ofSum: logOdds) }

    /// The parts that speak most for fraud, the largest first; equal ones in the row's order.
    public func strongest(_ count: Int) -> [Part] {
        var strongest = Strongest(count)
        for (number, part) in parts.enumerated() { strongest.offer(number, part.contribution) }
        return strongest.numbers.map { parts[$0] }
    }

    /// The probability of some log-odds, computed as scores are.
    public static func probability(ofLogOdds logOdds: Double) -> Double {
        probability(logOdds: logOdds)
    }

    @inline(__always) static func probability(logOdds: Double) -> Double { 1 / (1 + exp(-logOdds)) }
}
