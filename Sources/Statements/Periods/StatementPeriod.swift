public import EventLog

/// What a statement is of: the moments from `from` on and before `until`, in UTC.
public struct StatementPeriod: Hashable, Sendable {
    /// The first moment of it.
    public let from: Timestamp
    /// The first moment that is no longer in it.
    public let until: Timestamp

    /// The moments for which RFC 3339 has four digits of the year, from the clock's beginning on.
    static let writable = Timestamp(0)...Timestamp(253_402_300_799_999_999)

    /// The moments from `from` on and before `until`; neither is before 1970 or after 9999.
    public init(from: Timestamp, until: Timestamp) throws(StatementError) {
        guard Self.writable.contains(from), Self.writable.contains(until) else {
            throw StatementError(.outOfRange, "a period lies in the years 1970 to 9999")
        }
        guard from < until else {
            throw StatementError(.emptyPeriod, "a period ends after it has begun")
        }
        self.from = from
        self.until = until
    }

    /// A whole month.
    public init(_ month: CalendarMonth) {
        from = month.start
        until = month.end
    }

    /// A whole month, such as `2026-11`.
    public init(month text: String) throws(StatementError) {
        self.init(try CalendarMonth(text))
    }

    /// The month that it is; nil if it is anything else.
    public var month: CalendarMonth? {
        let text = String(from.rfc3339().prefix(7))
        guard let month = try? CalendarMonth(text), Self(month) == self else { return nil }
        return month
    }

    /// The month after it; nil if it is no month, or the last one.
    public var next: StatementPeriod? { month?.next.map { StatementPeriod($0) } }

    /// The month before it; nil if it is no month, or the first one.
    public var previous: StatementPeriod? { month?.previous.map { StatementPeriod($0) } }

    /// Whether a moment lies in it.
    public func contains(_ time: Timestamp) -> Bool { from <= time && time < until }

    /// The day, in UTC, of its last moment.
    var lastDay: String { Timestamp(until.rawValue - 1).day }
}

extension StatementPeriod: CustomStringConvertible {
    /// Both ends after RFC 3339, with a slash between them.
    public var description: String {
        from.rfc3339(decimals: .needed) + "/" + until.rfc3339(decimals: .needed)
    }
}

extension Timestamp {
    /// The date in UTC, such as `2026-11-03`.
    var day: String { String(rfc3339().prefix(10)) }
}
