internal import SplitMix

/// Confidence intervals by resampling whole payers, or whole payees, with replacement (Efron 1979; clustered, as payments
/// of one payer resemble each other): 95 %, between percentiles. The wider of the two intervals is reported.
struct Bootstrap: Sendable {
    let seed: UInt64
    let samples: Int

    /// Two-sided, in percent of the samples on each side.
    private static let tail = 0.025

    /// Intervals of some figures. Each is asked with a weight for every row, as many times as its cluster was drawn.
    ///
    /// - Returns: for each figure its interval; nil where no sample gave a number, or none was asked for.
    func intervals(
        _ rows: JudgedRows, figures: [([Double]) -> Double]
    ) -> [ConfidenceInterval?] {
        let clusterings: [[UInt32]] =
            rows.hasParties
            ? [rows.payers, rows.payees] : [(0..<UInt32(rows.count)).map { $0 }]
        var widest = [ConfidenceInterval?](repeating: nil, count: figures.count)
        for (number, clusters) in clusterings.enumerated() {
            let values = draw(clusters, stream: UInt64(number), figures)
            for index in figures.indices {
                guard let interval = Self.interval(values[index]) else { continue }
                guard let before = widest[index], before.width >= interval.width else {
                    widest[index] = interval
                    continue
                }
            }
        }
        return widest
    }

    private func draw(
        _ clusters: [UInt32], stream: UInt64, _ figures: [([Double]) -> Double]
    ) -> [[Double]] {
        var numbers: [UInt32: Int] = [:]
        let members = clusters.map { cluster in
            let number = numbers[cluster] ?? numbers.count
            numbers[cluster] = number
            return number
        }
        var random = SplitMix64(seed: seed &+ stream &* 0x9e37_79b9_7f4a_7c15)
        var times = [Double](repeating: 0, count: numbers.count)
        var weights = [Double](repeating: 0, count: clusters.count)
        var values = [[Double]](repeating: [], count: figures.count)
        for _ in 0..<samples {
            for index in times.indices { times[index] = 0 }
            for _ in times.indices { times[random.below(times.count)] += 1 }
            for row in weights.indices { weights[row] = times[members[row]] }
            for index in figures.indices { values[index].append(figures[index](weights)) }
        }
        return values
    }

    private static func interval(_ values: [Double]) -> ConfidenceInterval? {
        let sorted = values.filter(\.isFinite).sorted()
        guard !sorted.isEmpty else { return nil }
        let skipped = Int((tail * Double(sorted.count)).rounded(.down))
        return ConfidenceInterval(low: sorted[skipped], high: sorted[sorted.count - 1 - skipped])
    }
}

/// Where a figure would be found in 95 of 100 samples of payers, or of payees.
public struct ConfidenceInterval: Sendable, Equatable, Codable {
    /// Lower end.
    public var low: Double
    /// Upper end.
    public var high: Double
    var width: Double { high - low }
}
