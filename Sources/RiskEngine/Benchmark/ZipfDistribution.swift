internal import SplitMix

extension SplitMix64 {
    /// 0 ..< 1.
    mutating func unit() -> Double { Double(next() >> 11) / Double(1 << 53) }
}

/// Ranks 0 ..< count with probability proportional to 1 / (rank + 1).
struct ZipfDistribution {
    private let cumulative: [Double]

    init(count: Int) {
        var sum = 0.0
        cumulative = (1...count).map { rank in
            sum += 1 / Double(rank)
            return sum
        }
    }

    func draw(_ random: inout SplitMix64) -> Int {
        let target = random.unit() * (cumulative.last ?? 0)
        var (low, high) = (0, cumulative.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if cumulative[middle] <= target { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
