import SplitMix
import TestSeed
import Testing

@testable import Evaluation

@Suite struct MetricsTests {
    /// Scores with many ties, and labels that go with them a little.
    static func sample(_ random: inout SplitMix64, count: Int) -> JudgedRows {
        var rows = JudgedRows()
        for row in 0..<count {
            let level = random.below(8)
            rows.append(
                score: Double(level) / 8, isFraud: random.below(12) < level, time: Int64(row),
                payer: UInt32(1 + random.below(10)), payee: UInt32(1 + random.below(6)),
                amount: Int64(random.below(1_000)), currency: 840)
        }
        return rows
    }

    /// Every row as often as its weight says.
    private static func repeated(_ rows: JudgedRows, _ weights: [Double]) -> JudgedRows {
        var copy = JudgedRows()
        for row in 0..<rows.count {
            for _ in 0..<Int(weights[row]) {
                copy.append(score: rows.scores[row], isFraud: rows.isFraud[row])
            }
        }
        return copy
    }

    @Test func `area under the curve is the share of pairs in the right order`() {
        var random = SplitMix64(seed: TestSeed.choose("area under the curve"))
        for _ in 0..<30 {
            let rows = Self.sample(&random, count: 60)
            var (right, pairs) = (0.0, 0.0)
            for fraud in 0..<rows.count where rows.isFraud[fraud] {
                for genuine in 0..<rows.count where !rows.isFraud[genuine] {
                    pairs += 1
                    let (a, b) = (rows.scores[fraud], rows.scores[genuine])
                    right += a > b ? 1 : a == b ? 0.5 : 0
                }
            }
            guard pairs > 0 else { continue }
            let order = RankOrder(scores: rows.scores, isFraud: rows.isFraud)
            #expect(abs(order.areaUnderCurve() - right / pairs) < 1e-12)
        }
    }

    @Test func `average precision is the sum of its steps over distinct scores`() {
        var random = SplitMix64(seed: TestSeed.choose("average precision"))
        for _ in 0..<30 {
            let rows = Self.sample(&random, count: 60)
            let total = Double(rows.frauds)
            guard total > 0 else { continue }
            var (sum, recallBefore) = (0.0, 0.0)
            for threshold in Set(rows.scores).sorted(by: >) {
                let alerts = (0..<rows.count).filter { rows.scores[$0] >= threshold }
                let found = Double(alerts.filter { rows.isFraud[$0] }.count)
                sum += (found / total - recallBefore) * found / Double(alerts.count)
                recallBefore = found / total
            }
            let order = RankOrder(scores: rows.scores, isFraud: rows.isFraud)
            #expect(abs(order.averagePrecision() - sum) < 1e-12)
        }
    }

    @Test func `weights count rows as if they were there so many times`() {
        var random = SplitMix64(seed: TestSeed.choose("weights"))
        for _ in 0..<20 {
            let rows = Self.sample(&random, count: 50)
            let weights = (0..<50).map { _ in Double(random.below(4)) }
            let copy = Self.repeated(rows, weights)
            guard copy.frauds > 0, copy.frauds < copy.count else { continue }
            let weighted = RankOrder(scores: rows.scores, isFraud: rows.isFraud)
            let plain = RankOrder(scores: copy.scores, isFraud: copy.isFraud)
            #expect(abs(weighted.areaUnderCurve(weights) - plain.areaUnderCurve()) < 1e-12)
            #expect(abs(weighted.averagePrecision(weights) - plain.averagePrecision()) < 1e-12)
            for share in [0.02, 0.1, 0.37, 1] {
                let difference =
                    weighted.recall(atShare: share, weights) - plain.recall(atShare: share)
                #expect(abs(difference) < 1e-12)
            }
        }
    }

    @Test func `recall counts a group of equal scores in part where not all of it fits`() {
        let order = RankOrder(
            scores: [0.9, 0.5, 0.5, 0.5, 0.5, 0.1, 0.1, 0.1, 0.1, 0.1],
            isFraud: [true, true, true, false, false, true, false, false, false, false])
        #expect(order.recall(atShare: 0.1) == 0.25)
        // Two of the four equal ones, which hold two frauds.
        #expect(order.recall(atShare: 0.3) == 0.5)
        #expect(order.recall(atShare: 1) == 1)
    }

    @Test func `rows of one class, or none at all, are refused by name`() {
        #expect(throws: EvaluationError.noRows) { try Evaluation(JudgedRows()) }
        var rows = JudgedRows()
        rows.append(score: 0.1, isFraud: false)
        #expect(throws: EvaluationError.oneClass(isFraud: false, rows: 1)) {
            try Evaluation(rows)
        }
    }

    @Test func `reliability of scores that are true shares is near 0, of shifted ones the shift`() {
        var random = SplitMix64(seed: TestSeed.choose("reliability"))
        var (honest, shifted) = (JudgedRows(), JudgedRows())
        for _ in 0..<40_000 {
            let share = Double(random.below(1_000)) / 1_250
            let isFraud = Double(random.below(1 << 30)) / Double(1 << 30) < share
            honest.append(score: share, isFraud: isFraud)
            shifted.append(score: share + 0.2, isFraud: isFraud)
        }
        func reliability(_ rows: JudgedRows) -> Reliability {
            Reliability(rows, RankOrder(scores: rows.scores, isFraud: rows.isFraud))
        }
        #expect(reliability(honest).calibrationError < 0.02)
        #expect(abs(reliability(shifted).calibrationError - 0.2) < 0.02)
        #expect(reliability(honest).bands.reduce(0) { $0 + $1.rows } == 40_000)
        // Brier: the mean of p(1 − p), here for p evenly in 0 … 0.8.
        #expect(abs(reliability(honest).brierScore - (0.4 - 0.64 / 3)) < 0.01)
    }
}
