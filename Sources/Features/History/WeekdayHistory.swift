/// On which days of the week a payer's posted transfers were made.
struct WeekdayHistory: BitwiseCopyable {
    private var counts = InlineArray<7, UInt16>(repeating: 0)

    /// 0 for Monday, of a moment in microseconds since 1970, solar time where the longitude shift tells, else UTC.
    static func weekday(time: Int64, solarMicros: Int64) -> Int {
        let shifted = time &+ solarMicros
        let rest = shifted % TimeOfDay.dayMicros
        let day = shifted / TimeOfDay.dayMicros - (rest < 0 ? 1 : 0)
        // 1970 began on a Thursday.
        return Int(((day + 3) % 7 + 7) % 7)
    }

    /// Counts a transfer; beyond 65,535 on one day of the week none is counted any more.
    mutating func add(_ weekday: Int) {
        for day in 0..<7 where counts[day] == .max { return }
        counts[weekday] += 1
    }

    /// Share of the transfers that were made on this day of the week, as if one more had been made on each; nil before
    /// the first.
    func share(_ weekday: Int) -> Double? {
        var sum = 0
        for day in 0..<7 { sum += Int(counts[day]) }
        guard sum > 0 else { return nil }
        return Double(Int(counts[weekday]) + 1) / Double(sum + 7)
    }
}
