public import EventLog

/// How often a standing payment is made. Raw values are the database's.
public enum Recurrence: Int16, Sendable, CaseIterable {
    case once = 0
    case daily = 1
    case weekly = 2
    case monthly = 3

    /// The word in requests and answers.
    public var word: String {
        switch self {
        case .once: "once"
        case .daily: "day"
        case .weekly: "week"
        case .monthly: "month"
        }
    }

    /// When an occurrence is due, counted from 0: at the first one's time of day in UTC. A day that a month does not have
    /// is its last: the 31st is the 28th in February and the 31st again in March.
    ///
    /// - Returns: nil if there is no such occurrence, or only after the year 9999.
    public func moment(_ occurrence: Int64, from first: Timestamp) -> Timestamp? {
        guard occurrence >= 0, occurrence <= 4_000_000 else { return nil }
        let day = first.utcDay
        let timeOfDay = first.rawValue - day * 86_400_000_000
        let due: Int64
        switch self {
        case .once:
            guard occurrence == 0 else { return nil }
            return first
        case .daily: due = day + occurrence
        case .weekly: due = day + 7 * occurrence
        case .monthly:
            let date = first.utcDate
            let month = date.month - 1 + occurrence
            due =
                CivilDate(year: date.year + month / 12, month: month % 12 + 1, day: date.day)
                .daysSince1970
        }
        guard CivilDate(daysSince1970: due).year <= 9_999 else { return nil }
        return Timestamp(due * 86_400_000_000 + timeOfDay)
    }
}
