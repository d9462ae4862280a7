/// The sliding windows: what happened in (t − duration, t], t being the moment of the reserve event that is judged.
package enum Window: Int, CaseIterable, Sendable {
    case minute, tenMinutes, hour, day, week, month

    /// Microseconds.
    @inline(__always)
    package var durationMicros: Int64 {
        switch self {
        case .minute: 60_000_000
        case .tenMinutes: 600_000_000
        case .hour: 3_600_000_000
        case .day: 86_400_000_000
        case .week: 604_800_000_000
        case .month: 2_592_000_000_000
        }
    }

    /// As it stands in the names of features.
    package var label: String {
        switch self {
        case .minute: "1min"
        case .tenMinutes: "10min"
        case .hour: "1h"
        case .day: "24h"
        case .week: "7d"
        case .month: "30d"
        }
    }
}
