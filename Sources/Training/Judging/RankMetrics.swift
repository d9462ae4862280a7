/// How well scores rank frauds above honest rows.
public enum RankMetrics {
    /// Area under the receiver operating characteristic: the share of pairs of a fraud and an
    /// honest row that are in the right order, ties counting one half. NaN if one class is absent.
    public static func areaUnderCurve(scores: [Double], isFraud: [Bool]) -> Double {
        let order = scores.indices.sorted { scores[$0] < scores[$1] }
        var rankSum = 0.0
        var frauds = 0.0
        var start = 0
        while start < order.count {
            var end = start
            while end < order.count, scores[order[end]] == scores[order[start]] { end += 1 }
            let meanRank = Double(start + end + 1) / 2
            for position in start..<end where isFraud[order[position]] {
                rankSum += meanRank
                frauds += 1
            }
            start = end
        }
        let honest = Double(order.count) - frauds
        return (rankSum - frauds * (frauds + 1) / 2) / (frauds * honest)
    }

    /// Average precision by its step definition: Σ (Rₖ − Rₖ₋₁) Pₖ over the distinct scores,
    /// falling. NaN without frauds.
    public static func averagePrecision(scores: [Double], isFraud: [Bool]) -> Double {
        let order = scores.indices.sorted { scores[$0] > scores[$1] }
        let total = Double(isFraud.reduce(0) { $0 + ($1 ? 1 : 0) })
        var sum = 0.0
        var found = 0.0
        var start = 0
        while start < order.count {
            var end = start
            var added = 0.0
            while end < order.count, scores[order[end]] == scores[order[start]] {
                if isFraud[order[end]] { added += 1 }
                end += 1
            }
            found += added
            sum += added / total * found / Double(end)
            start = end
        }
        return sum
    }
}
