internal import Glibc

/// Why a row has its score: parts that add up to the calibrated log-odds.
public struct Explanation: Sendable, Equatable {
    /// One feature's part, or the forest's.
    public struct Part: Sendable, Equatable {
        /// Name of the feature; ``Explanation/forestName`` for the forest.
        public let name: String
        /// Index in the row; nil for the forest.
        public let feature: Int?
        /// The feature's value, NaN if missing; the forest's score −E[h]/c(ψ).
        public let value: Double
        /// What is usual: the value whose contribution is 0.
        public let baseline: Double
        /// Part of the calibrated log-odds, relative to the baseline.
        public let contribution: Double
    }

    /// Name of the isolation forest's part.
    public static let forestName = "isolation_forest"

    /// Features in the row's order, then the forest if the model has one.
    public let parts: [Part]
    /// Log-odds of a row that is usual in every respect.
    public let intercept: Double
    /// Calibrated log-odds of the row: those of which ``Scorer/score(rows:count:into:)`` gives the
    /// probability.
    public let logOdds: Double

    /// Calibrated probability of fraud.
    public var probability: Double { Explanation.probability(logOdds: logOdds) }

    /// The parts that speak most for fraud, the largest first; equal ones in the row's order.
    public func strongest(_ count: Int) -> [Part] {
        let raising = parts.enumerated().filter { $0.element.contribution > 0 }
        let sorted = raising.sorted {
            $0.element.contribution == $1.element.contribution
                ? $0.offset < $1.offset : $0.element.contribution > $1.element.contribution
        }
        return sorted.prefix(count).map(\.element)
    }

    @inline(__always) static func probability(logOdds: Double) -> Double { 1 / (1 + exp(-logOdds)) }
}
