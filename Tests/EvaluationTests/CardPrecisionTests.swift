import Testing

@testable import Evaluation

@Suite struct CardPrecisionTests {
    private static let day: Int64 = 86_400_000_000

    private static func rows(
        _ rows: [(day: Int64, payer: UInt32, score: Double, isFraud: Bool)]
    ) -> JudgedRows {
        var judged = JudgedRows()
        for (index, row) in rows.enumerated() {
            judged.append(
                score: row.score, isFraud: row.isFraud, time: row.day * day + Int64(index),
                payer: row.payer, payee: 1, amount: 100, currency: 840)
        }
        return judged
    }

    @Test func `a payer counts once a day, with the highest score, and fraud on any payment of it`()
        throws
    {
        let precision = try #require(
            CardPrecision(
                Self.rows([
                    (3, 1, 0.2, true), (3, 1, 0.9, false), (3, 2, 0.5, false), (3, 3, 0.4, true),
                ]), cards: 2))
        #expect(precision.days.map(\.precision) == [0.5])
        #expect(precision.days[0].fraudulent == 2)
        #expect(precision.days[0].day == 3)
    }

    @Test func `equal scores are in the order of their payments`() throws {
        let rows = Self.rows([(0, 1, 0.5, false), (0, 2, 0.5, true), (0, 3, 0.5, true)])
        #expect(try #require(CardPrecision(rows, cards: 1)).mean == 0)
        #expect(try #require(CardPrecision(rows, cards: 2)).mean == 0.5)
    }

    @Test func `only fraudulent payers who were found are left out later, and days count alike`()
        throws
    {
        let precision = try #require(
            CardPrecision(
                Self.rows([
                    (0, 1, 0.9, true), (0, 2, 0.8, false), (0, 3, 0.1, true),
                    // 1 was found; 2 is looked into again; 3 was missed and can still be found.
                    (1, 1, 0.9, true), (1, 2, 0.8, false), (1, 3, 0.7, true),
                    (2, 3, 0.9, true),
                ]), cards: 2))
        #expect(precision.days.map(\.precision) == [0.5, 0.5, 0])
        #expect(precision.days.map(\.fraudulent) == [2, 1, 0])
        #expect(abs(precision.mean - 1.0 / 3) < 1e-15)
    }

    @Test func `payers of whom a fraud was known when the day began can be left out`() throws {
        var rows = Self.rows([
            (0, 1, 0.9, true), (1, 1, 0.9, true), (2, 1, 0.9, true), (2, 2, 0.1, true),
        ])
        // Known in the middle of day 1: on day 1 it was not known when the day began.
        rows.noteFraud(payer: 1, knownAt: Self.day * 3 / 2)
        let all = try #require(CardPrecision(rows, cards: 1))
        #expect(all.days.map(\.precision) == [1, 0, 1])
        let fresh = try #require(CardPrecision(rows, cards: 1, dropsKnown: true))
        #expect(fresh.days.map(\.precision) == [1, 0, 1])
        // Not found on the first day, for who was not looked into: then it matters.
        var missed = Self.rows([(0, 2, 0.9, false), (0, 1, 0.1, true), (2, 1, 0.9, true)])
        missed.noteFraud(payer: 1, knownAt: Self.day)
        #expect(try #require(CardPrecision(missed, cards: 1)).days.map(\.precision) == [0, 1])
        let dropped = try #require(CardPrecision(missed, cards: 1, dropsKnown: true))
        #expect(dropped.days.map(\.precision) == [0, 0])
    }

    @Test func `days before 1970 are days as well`() throws {
        let rows = Self.rows([(-1, 1, 0.9, true), (0, 1, 0.9, true)])
        #expect(try #require(CardPrecision(rows, cards: 1)).days.map(\.day) == [-1, 0])
    }
}
