import EventLog
import Testing

@testable import PersonalWallets

@Suite struct RecurrenceTests {
    private func moments(_ every: Recurrence, _ first: String, _ count: Int64) -> [String?] {
        guard let start = Timestamp(rfc3339: first) else { return [] }
        return (0..<count).map { every.moment($0, from: start)?.rfc3339(decimals: .needed) }
    }

    @Test func `a month's last days are the last it has, and the thirty-first comes back`() {
        #expect(
            moments(.monthly, "2027-12-31T08:30:00Z", 5) == [
                "2027-12-31T08:30:00Z", "2028-01-31T08:30:00Z", "2028-02-29T08:30:00Z",
                "2028-03-31T08:30:00Z", "2028-04-30T08:30:00Z",
            ])
    }

    @Test func `days and weeks are days and weeks, whatever the calendar`() {
        #expect(
            moments(.daily, "2026-02-28T23:59:59.5Z", 2) == [
                "2026-02-28T23:59:59.5Z", "2026-03-01T23:59:59.5Z",
            ])
        #expect(moments(.weekly, "2026-12-28T00:00:00Z", 2)[1] == "2027-01-04T00:00:00Z")
    }

    @Test func `once is once`() {
        #expect(moments(.once, "2026-01-01T00:00:00Z", 2) == ["2026-01-01T00:00:00Z", nil])
    }
}
