internal import Glibc

/// How a model's inputs and scores were spread where it was fitted: what later payments are held against.
public struct DriftReference: Sendable, Equatable, Codable {
    /// One input, or the score.
    public struct Spread: Sendable, Equatable, Codable {
        /// Its name; ``DriftReference/scoreName`` for the score.
        public var name: String
        /// Ascending values at which bins end: a value equal to one is in the bin above.
        public var edges: [Double]
        /// Rows in each bin, the lowest first, one more than there are edges; missing ones last.
        public var counts: [Int]

        /// Bins at the deciles of some values; NaN is missing.
        public init(name: String, values: [Double]) {
            self.name = name
            let sorted = values.filter { !$0.isNaN }.sorted()
            var edges: [Double] = []
            if !sorted.isEmpty {
                for decile in 1..<10 {
                    let edge = sorted[decile * sorted.count / 10]
                    if edge > (edges.last ?? sorted[0]) { edges.append(edge) }
                }
                // Where most values are equal no decile tells the others from them.
                if edges.isEmpty, let last = sorted.last, last > sorted[0] {
                    edges.append(sorted.first { $0 > sorted[0] } ?? last)
                }
            }
            self.edges = edges
            counts = [Int](repeating: 0, count: edges.count + 2)
            for value in values { counts[bin(of: value)] += 1 }
        }

        /// The same bins with nothing in them.
        public var emptied: Spread {
            var spread = self
            for bin in spread.counts.indices { spread.counts[bin] = 0 }
            return spread
        }

        /// Counts a value.
        public mutating func add(_ value: Double) { counts[bin(of: value)] += 1 }

        private func bin(of value: Double) -> Int {
            if value.isNaN { return edges.count + 1 }
            var low = 0
            var high = edges.count
            while low < high {
                let middle = (low + high) / 2
                if edges[middle] <= value { low = middle + 1 } else { high = middle }
            }
            return low
        }

        /// Population stability index against a reference with the same bins: Σ (p − q) ln(p/q). Half a row is added to
        /// each bin, so that an empty one does not make it infinite. NaN if one of both has no rows.
        public func stabilityIndex(against reference: Spread) -> Double {
            precondition(edges == reference.edges, "the bins are the same")
            func shares(_ counts: [Int]) -> [Double] {
                let total = Double(counts.reduce(0, +)) + 0.5 * Double(counts.count)
                return counts.map { (Double($0) + 0.5) / total }
            }
            guard counts.contains(where: { $0 > 0 }),
                reference.counts.contains(where: { $0 > 0 })
            else { return .nan }
            return zip(shares(counts), shares(reference.counts)).reduce(0) { sum, pair in
                sum + (pair.0 - pair.1) * log(pair.0 / pair.1)
            }
        }
    }

    /// Name of the score among the spreads.
    public static let scoreName = "score"

    /// The inputs in the model's order.
    public var inputs: [Spread]
    /// The scores.
    public var score: Spread

    /// Spreads that were counted.
    public init(inputs: [Spread], score: Spread) {
        self.inputs = inputs
        self.score = score
    }
}
