internal import EventLog

/// The parts of a moment in UTC as people and mail write them.
struct WrittenMoment {
    /// Such as `Mon`.
    let weekday: String
    /// Such as `21 Sep 2026`; days before the tenth have a zero first.
    let date: String
    /// Such as `14:13:20`.
    let time: String

    private static let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// A moment of the years 0000 to 9999.
    init(_ moment: Timestamp) {
        // 2026-09-21T14:13:20Z
        let text = Array(moment.rfc3339(decimals: .needed).utf8)
        func field(_ range: Range<Int>) -> String { String(decoding: text[range], as: UTF8.self) }
        let month = Self.months[max(1, min(12, Int(field(5..<7)) ?? 1)) - 1]
        date = "\(field(8..<10)) \(month) \(field(0..<4))"
        time = field(11..<19)
        // 1970-01-01 was a Thursday.
        let (day, rest) = moment.rawValue.quotientAndRemainder(dividingBy: 86_400_000_000)
        let weekday = (day - (rest < 0 ? 1 : 0)) % 7
        self.weekday = Self.weekdays[Int(weekday < 0 ? weekday + 7 : weekday)]
    }

    /// To the minute, such as `21 Sep 2026, 14:13 UTC`.
    var minute: String { "\(date), \(time.prefix(5)) UTC" }
}
