import EventLog
import SplitMix
import TestSeed
import Testing

@testable import Statements

@Suite struct StatementBuilderTests {
    @Test func `a statement adds up`() throws {
        let lines = [
            try Sample.line(1, -2_500, balance: 7_500),
            try Sample.line(2, -50, balance: 7_450, kind: .fee, counterparty: ""),
            try Sample.line(3, 1_000, balance: 8_450, kind: .refund, related: Sample.transfer(1)),
            try Sample.line(4, 20, balance: 8_470, kind: .fee),
        ]
        let statement = try Statement(
            account: Sample.account(), period: StatementPeriod(month: Sample.november),
            openingMinor: 10_000, lines: lines, closingMinor: 8_470)
        #expect(statement.totals.inMinor == 1_000)
        #expect(statement.totals.outMinor == 2_500)
        #expect(statement.totals.feesMinor == 30)
        #expect(statement.lines == lines)
    }

    @Test func `a statement of nothing closes as it opened`() throws {
        #expect(try Sample.statement([], opening: -5).closingMinor == -5)
        let builder = StatementBuilder(
            account: try Sample.account(), period: try StatementPeriod(month: "2026-11"),
            openingMinor: 5)
        let error = Sample.error { try builder.finish(closingMinor: 6) }
        #expect(error?.code == .closingBalance)
        #expect(error?.line == nil)
    }

    @Test func `whatever history there is, its totals lead from opening to closing`() throws {
        var random = SplitMix64(seed: TestSeed.choose("StatementBuilderTests.totals"))
        for _ in 0..<300 {
            let opening = Int64(random.next() % 1_000_000) - 500_000
            let statement = try Sample.history(
                Sample.account(), StatementPeriod(month: Sample.november), opening: opening,
                count: random.below(40), &random)
            let totals = statement.totals
            #expect(
                opening + totals.inMinor - totals.outMinor - totals.feesMinor
                    == statement.closingMinor)
            #expect(totals.inMinor >= 0 && totals.outMinor >= 0)
            #expect(statement.closingMinor == opening + statement.lines.map(\.amountMinor).sum)
            let fees = statement.lines.filter { $0.kind == .fee }.map(\.amountMinor).sum
            #expect(totals.feesMinor == -fees)
        }
    }

    @Test func `one wrong figure is found at its line`() throws {
        var random = SplitMix64(seed: TestSeed.choose("StatementBuilderTests.wrong"))
        for _ in 0..<300 {
            let good = try Sample.history(
                Sample.account(), StatementPeriod(month: Sample.november), opening: 0,
                count: 1 + random.below(30), &random)
            let place = random.below(good.lines.count)
            let error = Int64(1 + random.below(1_000)) * (random.below(2) == 0 ? 1 : -1)
            var lines = good.lines
            let isBalance = random.below(2) == 0
            lines[place] = lines[place].changed(
                amountBy: isBalance ? 0 : error, balanceBy: isBalance ? error : 0)
            let found = Sample.error {
                try Statement(
                    account: good.account, period: good.period, openingMinor: good.openingMinor,
                    lines: lines, closingMinor: good.closingMinor)
            }
            #expect(found?.code == .runningBalance)
            #expect(found?.line == place + 1)

            let closing = Sample.error {
                try Statement(
                    account: good.account, period: good.period, openingMinor: good.openingMinor,
                    lines: good.lines, closingMinor: good.closingMinor + error)
            }
            #expect(closing?.code == .closingBalance)
            #expect(closing?.line == good.lines.count)
            let missing = Sample.error {
                try Statement(
                    account: good.account, period: good.period,
                    openingMinor: good.openingMinor + error, lines: good.lines,
                    closingMinor: good.closingMinor)
            }
            #expect(missing?.code == .runningBalance)
            #expect(missing?.line == 1)
        }
    }

    @Test func `lines follow the log and lie in the period`() throws {
        let period = try StatementPeriod(month: Sample.november)
        func code(_ places: [(sequence: Int64, time: Int64)]) throws -> (String?, Int?) {
            let lines = places.map {
                StatementLine(
                    sequence: Sequence($0.sequence), time: Timestamp($0.time), kind: .payment,
                    transfer: Sample.transfer(1), amountMinor: 0, balanceMinor: 0)
            }
            let account = try Sample.account()
            let error = Sample.error {
                try Statement(
                    account: account, period: period, openingMinor: 0, lines: lines,
                    closingMinor: 0)
            }
            return (error?.code.rawValue, error?.line)
        }
        let (from, until) = (period.from.rawValue, period.until.rawValue)
        #expect(try code([(1, from), (1, from), (2, until - 1)]) == (nil, nil))
        #expect(try code([(1, from - 1)]) == ("line_outside_period", 1))
        #expect(try code([(1, from), (2, until)]) == ("line_outside_period", 2))
        #expect(try code([(2, from), (1, from)]) == ("sequence_order", 2))
        #expect(try code([(0, from)]) == ("sequence_order", 1))
        #expect(try code([(-1, from)]) == ("sequence_order", 1))
        #expect(try code([(1, from + 1), (2, from)]) == ("time_order", 2))
    }

    @Test func `sums beyond 64 bits are refused and trap nothing`() throws {
        func code(opening: Int64, _ lines: [(Int64, Int64, LineKind)]) throws -> (String?, Int?) {
            let lines = try lines.enumerated().map {
                try Sample.line($0 + 1, $1.0, balance: $1.1, kind: $1.2)
            }
            let account = try Sample.account()
            let error = Sample.error {
                try Statement(
                    account: account, period: StatementPeriod(month: Sample.november),
                    openingMinor: opening, lines: lines, closingMinor: lines.last?.balanceMinor ?? 0
                )
            }
            return (error?.code.rawValue, error?.line)
        }
        #expect(try code(opening: .max, [(1, .min, .payment)]) == ("overflow", 1))
        #expect(try code(opening: .min, [(-1, .max, .payment)]) == ("overflow", 1))
        #expect(try code(opening: 0, [(.min, .min, .payment)]) == ("overflow", 1))
        #expect(try code(opening: 0, [(.min, .min, .fee)]) == ("overflow", 1))
        #expect(
            try code(
                opening: 0,
                [(.max, .max, .payment), (-.max, 0, .payment), (1, 1, .payment)])
                == ("overflow", 3))
        #expect(try code(opening: 1, [(.max - 1, .max, .payment)]) == (nil, nil))
    }

    @Test func `a refused line leaves the builder as it was`() throws {
        var builder = StatementBuilder(
            account: try Sample.account(), period: try StatementPeriod(month: Sample.november),
            openingMinor: 5)
        try builder.append(Sample.line(1, 1, balance: 6))
        #expect(throws: StatementError.self) { try builder.append(Sample.line(2, 1, balance: 8)) }
        try builder.append(Sample.line(2, 1, balance: 7))
        #expect(try builder.finish(closingMinor: 7).lines.count == 2)
    }

    @Test func `limits hold for texts, identifiers, words and lines`() throws {
        let long = String(repeating: "x", count: 1_025)
        #expect(Sample.error { try Holder(name: long, handle: "") }?.code == .textTooLong)
        #expect(Sample.error { try Holder(name: "", handle: long) }?.code == .textTooLong)
        let error = Sample.error { try Sample.statement([1], counterparty: long) }
        #expect(error?.code == .textTooLong)
        #expect(error?.line == 1)
        for id in ["", "-a", ".a", "_a", "a b", "a:b", "a;b", "é", "a\n", "(a)", long] {
            #expect(Sample.error { try Sample.account(id: id) }?.code == .malformedAccount)
        }
        #expect(try Sample.account(id: "0190b5a2-7c1e-7abc-8def-0123456789ab").id.count == 36)
        for word in ["", "Payment", "pay ment", "_fee", "fee;", "fée", "fee\n", "a:b", long] {
            #expect(LineKind(rawValue: word) == nil)
        }
        #expect(LineKind(rawValue: "charge_back")?.description == "charge_back")

        let most = try Sample.statement([Int64](repeating: 0, count: 500))
        var builder = StatementBuilder(
            account: most.account, period: most.period, openingMinor: 0)
        let line = try Sample.line(1, 0, balance: 0)
        for _ in 0..<StatementBuilder.maximumLines { try builder.append(line) }
        var full: StatementError?
        do throws(StatementError) { try builder.append(line) } catch { full = error }
        #expect(full?.code == .tooManyLines)
    }

    @Test func `an error says what, where and why`() {
        let error = Sample.error {
            try Statement(
                account: Sample.account(), period: StatementPeriod(month: Sample.november),
                openingMinor: 5, lines: [Sample.line(1, 2, balance: 8)], closingMinor: 8)
        }
        #expect(
            error?.description == "running_balance: line 1: 5 and 2 are 7 minor units, not 8")
    }
}

extension [Int64] {
    fileprivate var sum: Int64 { reduce(0, +) }
}

extension StatementLine {
    fileprivate func changed(amountBy amount: Int64, balanceBy balance: Int64) -> StatementLine {
        StatementLine(
            sequence: sequence, time: time, kind: kind, transfer: transfer,
            counterparty: counterparty, hasEncryptedNote: hasEncryptedNote,
            amountMinor: amountMinor + amount, balanceMinor: balanceMinor + balance,
            relatedTransfer: relatedTransfer)
    }
}
