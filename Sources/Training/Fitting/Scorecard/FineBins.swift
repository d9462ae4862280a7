internal import Scoring

/// The finest bins of one feature among which cuts are chosen: quantiles of all rows and of the
/// frauds, and both tails nearly row by row, because what is rare lies there.
enum FineBins {
    /// Places of cuts from either end, in rows.
    private static let tailRows = [8, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512]
    private static let quantiles = 64
    private static let fraudQuantiles = 32
    /// A level of a category is told apart from others if it has so many rows.
    private static let leastLevelRows = 50
    private static let maximumLevels = 64

    /// Cuts of a numeric feature. A run of equal values is set apart whole.
    static func cuts(_ values: [Double], isFraud: [Bool]) -> FeatureBins {
        var sorted: [Double] = []
        var frauds: [Double] = []
        sorted.reserveCapacity(values.count)
        for (value, isFraud) in zip(values, isFraud) where !value.isNaN {
            sorted.append(value)
            if isFraud { frauds.append(value) }
        }
        sorted.sort()
        frauds.sort()
        var probes: [Int] = []
        for part in 1..<quantiles { probes.append(sorted.count * part / quantiles) }
        for rows in tailRows where rows < sorted.count {
            probes.append(rows)
            probes.append(sorted.count - rows)
        }
        for part in 1..<fraudQuantiles where !frauds.isEmpty {
            let value = frauds[frauds.count * part / fraudQuantiles]
            probes.append(lowerBound(sorted, value))
        }
        var cuts: Set<Float> = []
        for probe in Set(probes) where probe > 0 && probe < sorted.count {
            // Both ends of the run of equal values that the place is in.
            let first = lowerBound(sorted, sorted[probe])
            let end = upperBound(sorted, sorted[probe])
            if first > 0, let cut = cut(sorted[first - 1], sorted[first]) { cuts.insert(cut) }
            if end < sorted.count, let cut = cut(sorted[end - 1], sorted[end]) { cuts.insert(cut) }
        }
        let limit = FeatureBins.maximumCount - 2
        let ascending = cuts.sorted()
        guard ascending.count > limit else { return .cuts(ascending) }
        return .cuts((0..<limit).map { ascending[$0 * ascending.count / limit] })
    }

    /// Levels of a category that are common enough, at most the commonest.
    static func levels(_ values: [Double]) -> FeatureBins {
        var counts: [Double: Int] = [:]
        for value in values where value.isFinite { counts[value, default: 0] += 1 }
        let common = counts.filter { $0.value >= leastLevelRows }
            .sorted { $0.value == $1.value ? $0.key < $1.key : $0.value > $1.value }
            .prefix(maximumLevels).map(\.key)
        return .levels(common.sorted())
    }

    /// A single-precision number above `low` and not above `high`, near their middle; nil if there
    /// is none.
    static func cut(_ low: Double, _ high: Double) -> Float? {
        let middle = Float(low + (high - low) / 2)
        for candidate in [middle, Float(high), Float(low).nextUp]
        where candidate.isFinite && Double(candidate) > low && Double(candidate) <= high {
            return candidate
        }
        return nil
    }

    private static func lowerBound(_ sorted: [Double], _ value: Double) -> Int {
        var (low, high) = (0, sorted.count)
        while low < high {
            let middle = (low + high) / 2
            if sorted[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private static func upperBound(_ sorted: [Double], _ value: Double) -> Int {
        var (low, high) = (0, sorted.count)
        while low < high {
            let middle = (low + high) / 2
            if sorted[middle] <= value { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
