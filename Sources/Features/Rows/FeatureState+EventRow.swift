internal import EventLog

/// What the event itself tells, and how it lies to the payer's habits of time.
extension FeatureState {
    mutating func writeEvent(
        _ attempt: Attempt, leg: Leg?, into row: UnsafeMutableBufferPointer<Double>
    ) {
        let event = attempt.event
        if !attempt.logarithm.isNaN { row[.amountLogarithm] = attempt.logarithm }
        if attempt.hasAmount, event.amount >= 0 {
            row[.amountRound] = Self.roundness(event.amount, attempt.major)
            if let gap = Self.gapToRound(event.amount) { row[.amountBelowRound] = gap }
        }
        if let leg {
            // A balance beyond 63 bits is none that the ledger can hold: unknown.
            let (rest, isLow) = leg.fromPosted.subtractingReportingOverflow(leg.fromReserved)
            let (before, isHigh) = rest.addingReportingOverflow(leg.amount)
            if !isLow, !isHigh {
                row[.amountDrained] = before > 0 ? min(1, Double(leg.amount) / Double(before)) : 1
            }
        }
        row[.placeMissing] = attempt.place == nil ? 1 : 0
        if attempt.category != 0 { row[.categoryCode] = Double(attempt.category) }
        row[.timeNight] = attempt.time.isNight ? 1 : 0
        row[.timeHour] = Double(attempt.time.micros) / 3_600_000_000
        row[.timeWeekend] = attempt.weekday >= 5 ? 1 : 0
    }

    /// 0 unless the amount is whole in major units; else one more than the zeros it ends in, at most 7.
    private static func roundness(_ minor: Int64, _ major: Double) -> Double {
        guard minor > 0, major < 9e15, major == major.rounded() else { return 0 }
        var whole = Int64(major)
        var zeros = 0
        while zeros < 6, whole % 10 == 0 {
            whole /= 10
            zeros += 1
        }
        return Double(1 + zeros)
    }

    /// How far below the next of 1, 2, 5, 10, 20, 50 … minor units an amount lies, as a share of that; nil for nothing and
    /// for what is beyond the last of them.
    private static func gapToRound(_ minor: Int64) -> Double? {
        guard minor > 0 else { return nil }
        var power: Int64 = 1
        while true {
            let found =
                gap(minor, below: power) ?? gap(minor, below: 2 * power)
                ?? gap(minor, below: 5 * power)
            if let found { return found }
            guard power < 1_000_000_000_000_000_000 else { return nil }
            power *= 10
        }
    }

    private static func gap(_ minor: Int64, below limit: Int64) -> Double? {
        limit >= minor ? Double(limit - minor) / Double(limit) : nil
    }

    mutating func writeTime(
        _ attempt: Attempt, payer: UnsafePointer<Payer>,
        into row: UnsafeMutableBufferPointer<Double>
    ) {
        if payer.pointee.hasAttempted {
            let idle = now - payer.pointee.lastAttempt
            row[.payerIdle] = Double(idle) / 1_000_000
            row[.timeWaking] = idle > Window.month.durationMicros ? 1 : 0
        }
        if let deviation = payer.pointee.hours.deviationHours(attempt.time) {
            row[.timeHabit] = deviation
        }
        if let share = payer.pointee.weekdays.share(attempt.weekday) { row[.timeWeekday] = share }
    }

    mutating func writePlace(
        _ place: UnitVector, payer: UnsafePointer<Payer>,
        into row: UnsafeMutableBufferPointer<Double>
    ) {
        let places = payer.pointee.places
        guard !places.isEmpty else { return }
        let distance = place.distanceKm(to: places.last)
        let seconds = max(1, Double(now - places.lastTime) / 1_000_000)
        row[.placeLast] = distance
        row[.placeSpeed] = distance / (seconds / 3600)
    }
}
