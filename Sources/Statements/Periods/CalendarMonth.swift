public import EventLog

/// A month of the Gregorian calendar in UTC, from `1970-01` to `9998-12`.
public struct CalendarMonth: Hashable, Sendable {
    /// The year, from 1970 to 9998.
    public let year: Int
    /// The month in the year, from 1 to 12.
    public let month: Int

    /// Both ends of every month have a time stamp that RFC 3339 can write.
    private static let years = 1970...9998

    /// The month of a year; nil if there is no such month, or none that a statement can be of.
    public init?(year: Int, month: Int) {
        guard Self.years.contains(year), (1...12).contains(month) else { return nil }
        self.year = year
        self.month = month
    }

    /// Reads four digits of the year, a hyphen and two digits of the month, such as `2026-11`.
    public init(_ text: String) throws(StatementError) {
        let bytes = Array(text.utf8)
        guard bytes.count == 7, bytes[4] == UInt8(ascii: "-"), let year = Self.number(bytes[..<4]),
            let month = Self.number(bytes[5...]), let known = Self(year: year, month: month)
        else {
            throw StatementError(
                .malformedMonth, "a month is written YYYY-MM, from 1970-01 to 9998-12")
        }
        self = known
    }

    /// The month that follows; nil after the last one.
    public var next: CalendarMonth? {
        month == 12 ? Self(year: year + 1, month: 1) : Self(year: year, month: month + 1)
    }

    /// The month before; nil before the first one.
    public var previous: CalendarMonth? {
        month == 1 ? Self(year: year - 1, month: 12) : Self(year: year, month: month - 1)
    }

    /// Its first moment.
    public var start: Timestamp { Self.start(year: year, month: month) }

    /// The first moment that is no longer in it.
    public var end: Timestamp {
        month == 12
            ? Self.start(year: year + 1, month: 1) : Self.start(year: year, month: month + 1)
    }

    private static func start(year: Int, month: Int) -> Timestamp {
        let text = "\(year)-\(month < 10 ? "0" : "")\(month)-01T00:00:00Z"
        guard let start = Timestamp(rfc3339: text) else {
            preconditionFailure("years of four digits begin at \(text)")
        }
        return start
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        guard digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }
}

extension CalendarMonth: Comparable {
    /// By time.
    public static func < (a: CalendarMonth, b: CalendarMonth) -> Bool {
        (a.year, a.month) < (b.year, b.month)
    }
}

extension CalendarMonth: CustomStringConvertible {
    /// As it is read, such as `2026-11`.
    public var description: String { "\(year)-\(month < 10 ? "0" : "")\(month)" }
}
