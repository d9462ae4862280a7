internal import Glibc

/// A moment's place on the 24-hour circle.
struct TimeOfDay {
    /// Microseconds since midnight, 0 ..< one day.
    let micros: Int64

    static var dayMicros: Int64 { 86_400_000_000 }

    /// Solar time where the longitude shift tells, else UTC.
    init(time: Int64, solarMicros: Int64) {
        let rest = (time &+ solarMicros) % Self.dayMicros
        micros = rest < 0 ? rest + Self.dayMicros : rest
    }

    /// The sun moves one degree in four minutes: a microdegree in 240 µs.
    static func solarMicros(longitude: Int32) -> Int64 { Int64(longitude) * 240 }

    var angle: Double { Double(micros) * (2 * .pi / Double(Self.dayMicros)) }
    /// From midnight until five.
    var isNight: Bool { micros < 5 * 3_600_000_000 }
}

/// At what time of day a payer's posted transfers were made: a circular mean, summed in fixed point.
struct HourHistory: BitwiseCopyable {
    private var count: UInt32 = 0
    private var cosines = SplitInteger()
    private var sines = SplitInteger()

    /// Fewer transfers are no habit.
    static var minimum: UInt32 { 3 }

    mutating func add(_ time: TimeOfDay) {
        if count < .max { count += 1 }
        cosines.value &+= Int64(UnitVector.fixed(cos(time.angle)))
        sines.value &+= Int64(UnitVector.fixed(sin(time.angle)))
    }

    /// Hours, 0 … 12, from the usual time of day; nil without a habit.
    func deviationHours(_ time: TimeOfDay) -> Double? {
        let (sines, cosines) = (sines.value, cosines.value)
        guard count >= Self.minimum, cosines != 0 || sines != 0 else { return nil }
        let usual = atan2(Double(sines), Double(cosines))
        var difference = abs(time.angle - usual)
        if difference > 2 * .pi { difference -= 2 * .pi }
        if difference > .pi { difference = 2 * .pi - difference }
        return difference * (12 / .pi)
    }
}

/// 64 bits in two words: needs no more than four-byte alignment, so that it leaves no gap in a record.
struct SplitInteger: BitwiseCopyable {
    private var low: UInt32 = 0
    private var high: Int32 = 0

    @inline(__always)
    var value: Int64 {
        get { Int64(high) << 32 | Int64(low) }
        set {
            low = UInt32(truncatingIfNeeded: newValue)
            high = Int32(truncatingIfNeeded: newValue >> 32)
        }
    }
}
