/// Rows in falling order of their scores, with what has equal scores together, so that no figure depends on an order that
/// the scores do not give. Sorted once, and asked again with other weights: a bootstrap sample is a weight for each row.
struct RankOrder: Sendable {
    /// Rows, the highest score first; equal ones in the table's order.
    private let rows: [Int]
    /// Where each group of equal scores ends.
    private let ends: [Int]
    private let isFraud: [Bool]

    init(scores: [Double], isFraud: [Bool]) {
        precondition(scores.count == isFraud.count, "every score has a label")
        rows = scores.indices.sorted {
            scores[$0] == scores[$1] ? $0 < $1 : scores[$0] > scores[$1]
        }
        var ends: [Int] = []
        for place in rows.indices
        where place + 1 == rows.count || scores[rows[place]] != scores[rows[place + 1]] {
            ends.append(place + 1)
        }
        self.ends = ends
        self.isFraud = isFraud
    }

    /// What stands above a score: sums of weights.
    struct Count: Sendable, Equatable {
        var frauds = 0.0
        var genuine = 0.0
        var all: Double { frauds + genuine }
    }

    /// Calls `body` with the counts before and after each group of equal scores.
    @inline(__always)
    private func walk(_ weights: [Double]?, _ body: (Count, Count) -> Void) {
        var above = Count()
        var start = 0
        for end in ends {
            var here = above
            for place in start..<end {
                let row = rows[place]
                let weight = weights?[row] ?? 1
                if isFraud[row] { here.frauds += weight } else { here.genuine += weight }
            }
            body(above, here)
            above = here
            start = end
        }
    }

    /// Area under the receiver operating characteristic: the share of pairs of a fraud and a genuine row that are in the
    /// right order, ties counting one half. NaN if one class is absent.
    func areaUnderCurve(_ weights: [Double]? = nil) -> Double {
        var sum = 0.0
        var total = Count()
        walk(weights) { before, after in
            sum += (after.genuine - before.genuine) * (before.frauds + after.frauds) / 2
            total = after
        }
        return sum / (total.frauds * total.genuine)
    }

    /// Average precision by its step definition, Σ (Rₖ − Rₖ₋₁) Pₖ over the distinct scores, falling. NaN without frauds.
    func averagePrecision(_ weights: [Double]? = nil) -> Double {
        var sum = 0.0
        var total = 0.0
        walk(weights) { before, after in
            if after.all > 0 { sum += (after.frauds - before.frauds) * after.frauds / after.all }
            total = after.frauds
        }
        return sum / total
    }

    /// Of the highest scores, as many as make this `share` of all rows: which share of the frauds is among them. Where
    /// only some of a group of equal scores fit, they count in part. NaN without frauds.
    func recall(atShare share: Double, _ weights: [Double]? = nil) -> Double {
        var total = Count()
        walk(weights) { total = $1 }
        let room = share * total.all
        var found = 0.0
        walk(weights) { before, after in
            guard before.all < room else { return }
            let part = min(1, (room - before.all) / (after.all - before.all))
            found += part * (after.frauds - before.frauds)
        }
        return found / total.frauds
    }

    /// Counts after each group of equal scores, from the highest score down: the points of all curves.
    func curve() -> [Count] {
        var points = [Count()]
        walk(nil) { points.append($1) }
        return points
    }

    /// The rows from the highest score to the lowest.
    var falling: [Int] { rows }
}
