import EventLog
import Testing

@testable import Ledger

/// What a spender has spent, as it is counted and as columns keep it.
@Suite struct SpendingTallyTests {
    /// 2023-11-30T23:00:00Z.
    private static let evening = Timestamp(1_701_385_200_000_000)

    private func tally(_ spendings: (currency: UInt16, kind: UInt8, amount: Int64)...)
        -> SpendingTally
    {
        var tally = SpendingTally(at: Self.evening)
        for spending in spendings {
            let isAdded = tally.add(spending.amount, of: spending.kind, in: spending.currency)
            #expect(isAdded)
        }
        return tally
    }

    @Test func `counters are kept in order, whatever order they come in`() {
        let tally = tally((978, 2, 5), (840, 1, 7), (978, 0, 1), (978, 2, 1))
        #expect(tally.counters.map(\.currency) == [840, 978, 978])
        #expect(tally.counters.map(\.kind) == [1, 0, 2])
        #expect(tally.count(of: 2, in: 978) == SpendingCount(daySum: 6, monthSum: 6))
        #expect(tally.count(of: 1, in: 978) == SpendingCount())
    }

    @Test func `a tally comes back from its column as it was`() {
        let tally = tally((978, 2, .max), (65_535, 255, 7), (0, 0, 1))
        #expect(TallyCoding.decode(TallyCoding.encode(tally)) == tally)
        let nothing = SpendingTally(at: Self.evening)
        #expect(TallyCoding.decode(TallyCoding.encode(nothing)) == nothing)
        #expect(TallyCoding.encode(tally).count == 8 + 3 * 19)
    }

    @Test(arguments: [0, 7, 9, 26, 28])
    func `bytes of no tally are refused`(count: Int) {
        #expect(TallyCoding.decode([UInt8](repeating: 1, count: count)) == nil)
    }

    @Test func `sums below nothing and counters out of order are refused`() {
        func counter(_ kind: UInt8, _ day: Int64, _ month: Int64) -> SpendingTally.Counter {
            SpendingTally.Counter(
                currency: 978, kind: kind, count: SpendingCount(daySum: day, monthSum: month))
        }
        func isRead(_ counters: SpendingTally.Counter...) -> Bool {
            let tally = SpendingTally(day: 1, month: 1, counters: counters)
            return TallyCoding.decode(TallyCoding.encode(tally)) == tally
        }
        #expect(isRead(counter(0, 1, 2), counter(1, 0, 2)))
        #expect(!isRead(counter(0, -1, 2)))
        #expect(!isRead(counter(0, 0, .min)))
        #expect(!isRead(counter(1, 1, 2), counter(0, 1, 2)))
        #expect(!isRead(counter(0, 1, 2), counter(0, 1, 2)))
    }

    @Test func `another day keeps the month, another month keeps nothing`() {
        let tally = tally((978, 1, 5))
        let morning = Timestamp(Self.evening.rawValue - 86_400_000_000)
        #expect(tally.at(Self.evening) == tally)
        #expect(tally.at(morning).count(of: 1, in: 978) == SpendingCount(monthSum: 5))
        #expect(tally.at(Self.evening.adding(seconds: 3_600)).counters.isEmpty)
    }

    @Test func `what does not fit changes nothing`() {
        var tally = tally((978, 1, .max))
        let before = tally
        let isAdded = tally.add(1, of: 1, in: 978)
        #expect(!isAdded)
        #expect(tally == before)
    }

    @Test func `what is given back leaves no empty counter`() {
        var tally = tally((978, 1, 5), (978, 0, 5), (840, 1, 5))
        let spending = Spending(spender: .number(1), kind: 1, currency: 978, amount: 5)
        tally.giveBack(2, of: spending, countedAt: Self.evening)
        #expect(tally.count(of: 1, in: 978) == SpendingCount(daySum: 3, monthSum: 3))
        #expect(tally.count(of: 0, in: 978) == SpendingCount(daySum: 3, monthSum: 3))
        tally.giveBack(3, of: spending, countedAt: Self.evening)
        #expect(tally.counters.map(\.currency) == [840])
    }
}
