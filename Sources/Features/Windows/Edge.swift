/// Ages at which something happens to an attempt: it leaves a window, or it enters or leaves the windows of matured
/// attempts, those of which it is known by then whether they were fraud.
///
/// The first six are those of ``Window``, with the same numbers.
enum Edge: Int, CaseIterable {
    case minute, tenMinutes, hour, day, week, month
    /// A payer's outliers are counted for so long, too.
    case fortnight
    /// The label delay: from now on the attempt is presumed genuine unless it is known to be fraud.
    case matured
    /// That, and a day, a week or thirty days.
    case maturedDay, maturedWeek, maturedMonth

    /// Number of edges.
    static var count: Int { 11 }

    /// Age in microseconds, given the label delay.
    func age(delayMicros: Int64) -> Int64 {
        switch self {
        case .minute: Window.minute.durationMicros
        case .tenMinutes: Window.tenMinutes.durationMicros
        case .hour: Window.hour.durationMicros
        case .day: Window.day.durationMicros
        case .week: Window.week.durationMicros
        case .month: Window.month.durationMicros
        case .fortnight: 2 * Window.week.durationMicros
        case .matured: delayMicros
        case .maturedDay: delayMicros + Window.day.durationMicros
        case .maturedWeek: delayMicros + Window.week.durationMicros
        case .maturedMonth: delayMicros + Window.month.durationMicros
        }
    }
}
