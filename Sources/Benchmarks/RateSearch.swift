/// Looks for the highest rate that holds, to a few percent: upwards until one does not, then by halves.
struct RateSearch {
    private static let mostProbes = 12
    private static let precision = 1.04

    private let attempts: Int
    private let step: Double
    private var low = 0.0
    private var high = Double.infinity
    private var rate: Double
    private var failures = 0
    private var probes = 0

    /// A search that goes upwards by `step`. A rate does not hold if it fails in `attempts` probes, one after the other:
    /// what others do on the machine can only make one fail.
    init(from rate: Double, step: Double = 1.3, attempts: Int = 1) {
        self.rate = rate
        self.step = step
        self.attempts = attempts
    }

    /// The rate to be probed; nil once the search is done.
    var next: Double? { probes >= Self.mostProbes || high / low < Self.precision ? nil : rate }

    /// What is known to hold, with a little to spare; if nothing held, what would have been probed next.
    var result: Double { low == 0 ? rate : low * 0.97 }

    mutating func note(_ holds: Bool) {
        if holds {
            low = rate
        } else {
            failures += 1
            if failures < attempts { return }
            high = rate
        }
        failures = 0
        probes += 1
        rate =
            if high.isInfinite { low * step } else if low == 0 { high * 0.7 } else {
                (low + high) / 2
            }
    }
}
