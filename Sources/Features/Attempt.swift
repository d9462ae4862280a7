internal import EventLog
internal import Glibc

/// A reserve that is being looked at: the event with what is worked out of it once.
struct Attempt {
    let event: Event
    let category: UInt16
    let country: CountryCode
    /// Amount in major units and ln(1 + that); NaN in an unknown currency.
    let major: Double
    let logarithm: Double
    /// Nil if no place was told.
    let place: UnitVector?
    let cell: UInt32
    /// What the time of day is shifted by, in microseconds, to be solar time at the place; 0 without one.
    let solarMicros: Int64
    let time: TimeOfDay
    let weekday: Int

    init(_ event: Event, _ context: RiskContext, divisor: Double, now: Int64) {
        self.event = event
        category = context.merchantCategory
        country = context.country
        major = Double(event.amount) / divisor
        logarithm = log1p(major)
        let (latitude, longitude) = (context.latitude, context.longitude)
        place =
            context.hasPlace ? UnitVector(latitude: latitude, longitude: longitude) : nil
        cell = context.hasPlace ? PlaceCell.cell(latitude: latitude, longitude: longitude) : 0
        solarMicros = context.hasPlace ? TimeOfDay.solarMicros(longitude: longitude) : 0
        time = TimeOfDay(time: now, solarMicros: solarMicros)
        weekday = WeekdayHistory.weekday(time: now, solarMicros: solarMicros)
    }

    /// Whether the amount means anything: its currency is known.
    var hasAmount: Bool { logarithm.isFinite }
}

/// Numbers of all whom an attempt touches; none where nothing was told or there is no room.
struct Touched {
    var payer: UInt32
    var payee: UInt32
    var device: UInt32
    var instrument: UInt32
    var address: UInt32
    var place: UInt32

    /// The party of a kind.
    @inline(__always)
    subscript(_ kind: Int) -> UInt32 {
        switch kind {
        case 0: payee
        case 1: device
        case 2: instrument
        case 3: address
        default: place
        }
    }
}
