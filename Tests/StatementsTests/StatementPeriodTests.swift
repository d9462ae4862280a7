import EventLog
import Testing

@testable import Statements

@Suite struct StatementPeriodTests {
    @Test(arguments: [
        ("2026-11", "2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z"),
        ("2026-12", "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z"),
        ("2024-02", "2024-02-01T00:00:00Z", "2024-03-01T00:00:00Z"),
        ("1970-01", "1970-01-01T00:00:00Z", "1970-02-01T00:00:00Z"),
        ("9998-12", "9998-12-01T00:00:00Z", "9999-01-01T00:00:00Z"),
    ])
    func `a month begins at its first midnight and ends at the next month's`(
        text: String, from: String, until: String
    ) throws {
        let period = try StatementPeriod(month: text)
        #expect(period.from == Timestamp(rfc3339: from))
        #expect(period.until == Timestamp(rfc3339: until))
        #expect(period.month?.description == text)
        #expect(period.description == "\(from)/\(until)")
    }

    @Test(arguments: [
        "", "2026", "2026-1", "2026-00", "2026-13", "2026-011", "26-11", "2026/11", "2026-11-01",
        " 2026-11", "2026-11 ", "+026-11", "-026-11", "2026--1", "2026-1a", "1969-12", "9999-01",
        "２０２６-11", "2026-1\u{661}", "2026-11\u{301}",
    ])
    func `anything but four digits, a hyphen and a month is refused`(text: String) {
        #expect(Sample.error { try CalendarMonth(text) }?.code == .malformedMonth)
    }

    @Test func `the month after the one before a month is that month`() throws {
        var month = try CalendarMonth("1970-01")
        #expect(month.previous == nil)
        var count = 1
        while let next = month.next {
            #expect(next.previous == month)
            #expect(month < next)
            #expect(month.end == next.start)
            count += 1
            month = next
        }
        #expect(month.description == "9998-12")
        #expect(count == 12 * (9998 - 1970 + 1))
    }

    @Test func `a period of a month knows its neighbours, and another does not`() throws {
        let january = try StatementPeriod(month: "2027-01")
        #expect(try january.previous == StatementPeriod(month: "2026-12"))
        #expect(try january.next == StatementPeriod(month: "2027-02"))
        let short = try StatementPeriod(
            from: january.from, until: Timestamp(january.until.rawValue - 1))
        #expect(short.month == nil)
        #expect(short.next == nil && short.previous == nil)
        let two = try StatementPeriod(
            from: january.from, until: CalendarMonth("2027-02").end)
        #expect(two.month == nil)
    }

    @Test func `a period holds its beginning and not its end`() throws {
        let period = try StatementPeriod(month: "2026-11")
        #expect(period.contains(period.from))
        #expect(!period.contains(Timestamp(period.from.rawValue - 1)))
        #expect(period.contains(Timestamp(period.until.rawValue - 1)))
        #expect(!period.contains(period.until))
        #expect(period.lastDay == "2026-11-30")
    }

    @Test func `a period ends after it begins and has years of four digits`() {
        func code(_ from: Int64, _ until: Int64) -> StatementError.Code? {
            Sample.error { try StatementPeriod(from: Timestamp(from), until: Timestamp(until)) }?
                .code
        }
        #expect(code(0, 1) == nil)
        #expect(code(1, 1) == .emptyPeriod)
        #expect(code(2, 1) == .emptyPeriod)
        #expect(code(-1, 1) == .outOfRange)
        #expect(code(.min, .max) == .outOfRange)
        #expect(code(0, 253_402_300_799_999_999) == nil)
        #expect(code(0, 253_402_300_800_000_000) == .outOfRange)
    }
}
