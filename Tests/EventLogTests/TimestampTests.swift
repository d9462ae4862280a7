import EventLog
import Testing

/// Moments as text, after RFC 3339.
@Suite struct TimestampTests {
    @Test(
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("2025-01-31T09:30:00.25Z", 1_738_315_800_250_000),
            ("2000-02-29T23:59:59.999999Z", 951_868_799_999_999),
            ("1969-12-31T23:59:59.5Z", -500_000), ("2025-01-31T10:00:00Z", 1_738_317_600_000_000),
            ("0000-01-01T00:00:00Z", -62_167_219_200_000_000),
            ("9999-12-31T23:59:59.999999Z", 253_402_300_799_999_999),
        ] as [(String, Int64)])
    func `moments are written and read exactly`(text: String, micros: Int64) {
        #expect(Timestamp(rfc3339: text) == Timestamp(micros))
        #expect(Timestamp(micros).rfc3339(decimals: .needed) == text)
        let six = Timestamp(micros).rfc3339()
        #expect(six.utf8.count == 27)
        #expect(Timestamp(rfc3339: six) == Timestamp(micros))
    }

    @Test func `times are read with any offset and written in UTC`() {
        let cases: [(String, String)] = [
            ("1970-01-01T00:00:01Z", "1970-01-01T00:00:01.000000Z"),
            ("2000-02-29T12:00:00.5z", "2000-02-29T12:00:00.500000Z"),
            ("2026-01-01t00:30:00.123456789+01:00", "2025-12-31T23:30:00.123456Z"),
            ("2025-06-01T04:30:00-05:30", "2025-06-01T10:00:00.000000Z"),
            ("2025-06-01T10:00:00-00:00", "2025-06-01T10:00:00.000000Z"),
            ("2100-12-31T23:59:59.999999-00:30", "2101-01-01T00:29:59.999999Z"),
        ]
        for (text, utc) in cases {
            #expect(Timestamp(rfc3339: text)?.rfc3339() == utc, "\(text)")
        }
    }

    @Test(arguments: [
        "", "2026", "2026-01-01", "25-01-01T00:00:00Z", "2026-1-01T00:00:00Z",
        "+026-01-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-13-01T00:00:00Z",
        "2026-01-00T00:00:00Z", "2026-04-31T00:00:00Z", "2026-02-29T00:00:00Z",
        "2100-02-29T00:00:00Z", "2026-01-01 00:00:00Z", "2026-01-01T24:00:00Z",
        "2026-01-01T00:60:00Z", "2025-01-01T00:00:60Z", "2016-12-31T23:59:60Z",
        "2026-01-01T00:00Z", "2026-01-01T00:00:00", "2026-01-01T00:00:00.Z",
        "2026-01-01T00:00:00,5Z", "2026-01-01T00:00:00+24:00", "2026-01-01T00:00:00+01:60",
        "2026-01-01T00:00:00+0100", "2026-01-01T00:00:00+01", "2026-01-01T00:00:00 Z",
        "2026-01-01T00:00:00Zx", " 2026-01-01T00:00:00Z", "２026-01-01T00:00:00Z",
    ])
    func `what is no moment of RFC 3339 is refused`(text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }

    @Test func `every day of four centuries is a date, and the next day follows it`() {
        let first = Timestamp(rfc3339: "1800-01-01T00:00:00Z")?.rawValue ?? 0
        var dates: Set<String> = []
        for day in 0..<Int64(146_097) {
            let time = Timestamp(first + day * 86_400_000_000)
            let text = time.rfc3339(decimals: .needed)
            guard Timestamp(rfc3339: text) == time, text.hasSuffix("T00:00:00Z") else {
                Issue.record("\(text) is not day \(day)")
                return
            }
            dates.insert(text)
        }
        #expect(dates.count == 146_097)
        #expect(dates.contains("2000-02-29T00:00:00Z") && !dates.contains("1900-02-29T00:00:00Z"))
        #expect(dates.contains("2199-12-31T00:00:00Z"))
    }
}
