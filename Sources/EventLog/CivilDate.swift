/// A day of the proleptic Gregorian calendar, in UTC (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
public struct CivilDate: Sendable, Hashable {
    /// The year; 0 is the one before 1.
    public var year: Int64
    /// From 1 to 12.
    public var month: Int64
    /// From 1 to the month's last.
    public var day: Int64

    /// A day of the calendar; a day that the month does not have becomes its last.
    public init(year: Int64, month: Int64, day: Int64) {
        self.year = year
        self.month = month
        self.day = min(day, Self.daysIn(month, year))
    }

    /// The day so many days after 1970-01-01.
    public init(daysSince1970 days: Int64) {
        let (era, dayOfEra) = Self.floorDivide(days + 719_468, 146_097)
        let yearOfEra =
            (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let part = (5 * dayOfYear + 2) / 153
        month = part < 10 ? part + 3 : part - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        day = dayOfYear - (153 * part + 2) / 5 + 1
    }

    /// Days since 1970-01-01.
    public var daysSince1970: Int64 {
        let year = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = Self.floorDivide(year, 400)
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// How many days a month has.
    public static func daysIn(_ month: Int64, _ year: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    static func floorDivide(_ value: Int64, _ unit: Int64) -> (Int64, Int64) {
        let rest = value % unit
        return rest < 0 ? (value / unit - 1, rest + unit) : (value / unit, rest)
    }
}

extension Timestamp {
    /// Days in UTC since 1970-01-01; the day before is -1.
    public var utcDay: Int64 { CivilDate.floorDivide(rawValue, 86_400_000_000).0 }

    /// The day in UTC.
    public var utcDate: CivilDate { CivilDate(daysSince1970: utcDay) }

    /// Months in UTC since year 0: two moments of one month have the same.
    public var utcMonth: Int64 {
        let date = utcDate
        return date.year * 12 + date.month - 1
    }
}
