internal import Glibc

/// Lengths of paths in isolation trees (Liu, Ting, Zhou: *Isolation Forest*, ICDM 2008, section 2).
public enum PathLength {
    /// c(n) = 2·H(n − 1) − 2·(n − 1)/n, the mean path length of an unsuccessful search in a binary
    /// search tree of `count` values, with the harmonic number H(i) ≈ ln i + γ; c(2) = 1, and 0
    /// below.
    public static func average(count: Int) -> Double {
        guard count > 2 else { return count == 2 ? 1 : 0 }
        let n = Double(count)
        return 2 * (log(n - 1) + eulerMascheroni) - 2 * (n - 1) / n
    }

    /// The anomaly score 2^(−E[h]/c(ψ)) of the paper: towards 1 unusual, well below 0.5 usual.
    public static func anomalyScore(meanPathLength: Double, subsample: Int) -> Double {
        exp2(-meanPathLength / average(count: subsample))
    }

    private static let eulerMascheroni = 0.577_215_664_901_532_9
}
