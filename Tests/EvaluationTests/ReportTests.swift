import Scoring
import SplitMix
import TestSeed
import Testing

@testable import Evaluation

@Suite struct ReportTests {
    @Test func `equal seeds give equal intervals, which hold the figure and are not a point`()
        throws
    {
        var random = SplitMix64(seed: TestSeed.choose("bootstrap"))
        let rows = MetricsTests.sample(&random, count: 2_000)
        let first = try Evaluation(rows)
        #expect(try Evaluation(rows) == first)
        var other = Evaluation.Options()
        other.seed = 2
        #expect(try Evaluation(rows, options: other) != first)
        for figure in [first.areaUnderCurve, first.averagePrecision] {
            let interval = try #require(figure.interval)
            #expect(interval.low < figure.value && figure.value < interval.high)
        }
    }

    @Test func `the wider of the intervals over payers and over payees is given`() throws {
        // All frauds of one payee are scored high, all others low: over payees the recall is anything, over payers fixed.
        var rows = JudgedRows()
        for row in 0..<4_000 {
            let isFraud = row % 4 == 0
            let payee = UInt32(1 + row / 4 % 4)
            rows.append(
                score: isFraud && payee == 1 ? 0.9 : 0.1, isFraud: isFraud, time: Int64(row),
                payer: UInt32(row), payee: payee, amount: 1, currency: 840)
        }
        let interval = try #require(Evaluation(rows).areaUnderCurve.interval)
        // Payees: one to four of the four drawn are the one; payers: 4,000 of them, hardly any difference.
        #expect(interval.width > 0.15)
    }

    @Test func `two models' difference is clear only if one is better on nearly all samples`()
        throws
    {
        var random = SplitMix64(seed: TestSeed.choose("comparison"))
        let rows = MetricsTests.sample(&random, count: 3_000)
        var (same, worse) = (JudgedRows(), JudgedRows())
        for row in 0..<rows.count {
            let score = rows.scores[row]
            let noise = Double(random.below(1_000)) / 1_000
            for (index, value) in [score / 2, noise].enumerated() {
                let copy = (
                    value, rows.isFraud[row], rows.times[row], rows.payers[row], rows.payees[row]
                )
                if index == 0 {
                    same.append(
                        score: copy.0, isFraud: copy.1, time: copy.2, payer: copy.3, payee: copy.4,
                        amount: 1, currency: 840)
                } else {
                    worse.append(
                        score: copy.0, isFraud: copy.1, time: copy.2, payer: copy.3, payee: copy.4,
                        amount: 1, currency: 840)
                }
            }
        }
        let equal = try Comparison(rows, same)
        #expect(equal.differences.allSatisfy { $0.first == $0.second && !$0.isClear })
        let clear = try Comparison(rows, worse)
        #expect(clear.differences[0].isClear)
        #expect(clear.differences[0].second < clear.differences[0].first)
    }

    private static func backtest(_ rows: JudgedRows, _ thresholds: Thresholds) -> Backtest {
        var backtest = Backtest()
        for row in rows.scores.indices {
            backtest.add(
                thresholds.action(score: rows.scores[row]), isFraud: rows.isFraud[row],
                amount: rows.amounts[row], currency: rows.currencies[row])
        }
        return backtest
    }

    @Test func `a backtest sums up what each decision met, in money`() throws {
        let thresholds = try #require(Thresholds(challenge: 0.2, hold: 0.5, decline: 0.9))
        var rows = JudgedRows()
        let cases: [(Double, Bool, Int64, UInt16)] = [
            (0.1, false, 100, 840), (0.1, true, 250, 840), (0.2, true, 300, 840),
            (0.5, false, 400, 840), (0.95, true, 500, 840), (0.95, true, 7, 392),
        ]
        for (score, isFraud, amount, currency) in cases {
            rows.append(
                score: score, isFraud: isFraud, time: 0, payer: 1, payee: 2, amount: amount,
                currency: currency)
        }
        let backtest = Self.backtest(rows, thresholds)
        #expect(backtest.currencies.map(\.code) == ["JPY", "USD"])
        let dollars = backtest.currencies[1]
        #expect(dollars.outcomes.map(\.fraud.payments) == [1, 1, 0, 1])
        #expect(dollars.outcomes.map(\.genuine.amount) == [100, 0, 400, 0])
        #expect(dollars.caught.amount == 800 && dollars.caught.payments == 2)
        #expect(dollars.missed.amount == 250)
        #expect(dollars.disturbed.amount == 400)
        #expect(backtest.text(title: "policy").contains("8.00"))
        #expect(backtest.currencies[0].caught.amount == 7)
    }

    @Test func `amounts beyond 64 bits are told to be so`() throws {
        let thresholds = try #require(Thresholds(challenge: 0.2, hold: 0.5, decline: 0.9))
        var rows = JudgedRows()
        for _ in 0..<2 {
            rows.append(
                score: 0, isFraud: true, time: 0, payer: 1, payee: 2, amount: .max, currency: 840)
        }
        let backtest = Self.backtest(rows, thresholds)
        #expect(backtest.currencies[0].missed.isClamped)
        #expect(backtest.text(title: "policy").contains("over "))
    }

    @Test func `the stability index is 0 for the same spread and grows with what moved`() {
        var random = SplitMix64(seed: TestSeed.choose("drift"))
        let values = (0..<20_000).map { _ in
            random.below(50) == 0 ? Double.nan : Double(random.below(10_000))
        }
        let reference = DriftReference.Spread(name: "x", values: values)
        #expect(reference.edges.count == 9)
        #expect(reference.counts.reduce(0, +) == 20_000)
        var same = reference.emptied
        for value in values { same.add(value) }
        #expect(same.stabilityIndex(against: reference) == 0)
        var previous = 0.0
        for shift in [500.0, 2_000, 6_000] {
            var moved = reference.emptied
            for value in values { moved.add(value + shift) }
            let index = moved.stabilityIndex(against: reference)
            #expect(index > previous)
            previous = index
        }
        // Half missing where two in a hundred were.
        var missing = reference.emptied
        for (row, value) in values.enumerated() { missing.add(row % 2 == 0 ? .nan : value) }
        #expect(missing.stabilityIndex(against: reference) > 0.5)
    }

    @Test func `a value that nearly all rows have is told apart from all others`() {
        let flags = (0..<1_000).map { $0 < 950 ? 0.0 : 1 }
        let spread = DriftReference.Spread(name: "flag", values: flags)
        #expect(spread.edges == [1])
        #expect(spread.counts == [950, 50, 0])
        let constant = DriftReference.Spread(name: "constant", values: [3, 3, 3])
        #expect(constant.edges.isEmpty && constant.counts == [3, 0])
    }
}
