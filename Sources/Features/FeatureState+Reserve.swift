internal import EventLog
internal import Glibc

/// A reserve: its features, and its entry into the windows.
extension FeatureState {
    mutating func reserve(
        _ event: Event, leg: Leg?, context: RiskContext,
        into row: UnsafeMutableBufferPointer<Double>
    ) {
        slideWindows()
        makeRoom()
        for index in 0..<Feature.allCases.count { row[index] = .nan }
        let number = payer(event.payer.rawValue, currency: event.currency)
        let place =
            context.hasPlace
            ? UnitVector(latitude: context.latitude, longitude: context.longitude) : UnitVector()
        let solar = context.hasPlace ? TimeOfDay.solarMicros(longitude: context.longitude) : 0
        writeEvent(event, leg: leg, solarMicros: solar, into: row)
        guard number != Slab<Payer>.none else { return }

        let record = payers.change(number)
        if record.pointee.currency != event.currency { record.pointee.isMixed = true }
        writeHistory(
            record.pointee, event, place: context.hasPlace ? place : nil, solarMicros: solar,
            into: row)
        let isSummed = !record.pointee.isMixed && event.amount >= 0
        for window in 0..<6 {
            record.pointee.counts[window] += 1
            if isSummed { record.pointee.sums[window].add(UInt64(event.amount)) }
        }
        record.pointee.lastAttempt = now
        record.pointee.hasAttempted = true

        enterParties(
            event, context: context, payer: number, isSummed: isSummed, into: row)
        writeWindows(payers.read(number), currency: event.currency, into: row)
        row[.windowSaturated] = Double(saturatedWindows)
        remember(
            PendingTransfer(
                high: event.transfer.high, low: event.transfer.low, time: now,
                amount: event.amount, payer: number, hasPlace: context.hasPlace,
                currency: event.currency, place: place, solarMicros: solar,
                payee: event.payee.rawValue, device: context.device.rawValue))
    }

    private mutating func enterParties(
        _ event: Event, context: RiskContext, payer: UInt32, isSummed: Bool,
        into row: UnsafeMutableBufferPointer<Double>
    ) {
        let payee = party(0, UInt64(bitPattern: event.payee.rawValue))
        let device = party(1, context.device.rawValue)
        let instrument = party(2, context.instrument.rawValue)
        let address = party(3, context.address.rawValue)
        let knownPayee = enter(0, party: payee, payer: payer)
        let knownDevice = enter(1, party: device, payer: payer)
        _ = enter(2, party: instrument, payer: payer)
        _ = enter(3, party: address, payer: payer)
        _ = log.append(
            Activity(
                time: now, amount: event.amount, payer: payer,
                parties: [payee, device, instrument, address],
                flags: isSummed ? Activity.isSummed : 0))

        if knownPayee.isTracked {
            let record = parties.read(payee)
            row[.payeeCountDay] = Double(record.pointee.counts[1])
            row[.payeePayersDay] = Double(record.pointee.payers[1])
            row[.payeeFirst] = knownPayee.hasPosted ? 0 : 1
        }
        if knownDevice.isTracked {
            let record = parties.read(device)
            row[.deviceCountHour] = Double(record.pointee.counts[0])
            row[.deviceCountDay] = Double(record.pointee.counts[1])
            row[.devicePayersMonth] = Double(record.pointee.payers[2])
            row[.deviceNew] = knownDevice.hasPosted ? 0 : 1
        }
        if instrument != Slab<Party>.none {
            let record = parties.read(instrument)
            row[.instrumentCountDay] = Double(record.pointee.counts[1])
            row[.instrumentPayersMonth] = Double(record.pointee.payers[2])
        }
        if address != Slab<Party>.none {
            let record = parties.read(address)
            row[.addressCountHour] = Double(record.pointee.counts[0])
            row[.addressPayersDay] = Double(record.pointee.payers[1])
        }
    }

    /// What the event itself tells.
    private func writeEvent(
        _ event: Event, leg: Leg?, solarMicros: Int64, into row: UnsafeMutableBufferPointer<Double>
    ) {
        row[.amountLogarithm] = log1p(Double(event.amount) / divisor(event.currency))
        if row[.amountLogarithm].isNaN { row[.amountLogarithm] = .nan }
        if let leg {
            // A balance beyond 63 bits is none that the ledger can hold: unknown.
            let (rest, isLow) = leg.fromPosted.subtractingReportingOverflow(leg.fromReserved)
            let (before, isHigh) = rest.addingReportingOverflow(leg.amount)
            if !isLow, !isHigh {
                row[.amountDrained] = before > 0 ? min(1, Double(leg.amount) / Double(before)) : 1
            }
        }
        row[.timeNight] = TimeOfDay(time: now, solarMicros: solarMicros).isNight ? 1 : 0
    }

    /// How the event compares with what was usual before it.
    private func writeHistory(
        _ payer: borrowing Payer, _ event: Event, place: UnitVector?, solarMicros: Int64,
        into row: UnsafeMutableBufferPointer<Double>
    ) {
        if payer.hasAttempted {
            row[.payerIdle] = Double(now - payer.lastAttempt) / 1_000_000
        }
        if !payer.isMixed, !row[.amountLogarithm].isNaN {
            if let score = payer.amounts.score(logarithm: row[.amountLogarithm]) {
                row[.amountScore] = score
            }
            if let ratio = payer.amounts.ratioToMaximum(minor: event.amount) {
                row[.amountMaximumRatio] = ratio
            }
        }
        if let place, !payer.places.isEmpty {
            let distance = place.distanceKm(to: payer.places.last)
            let seconds = max(1, Double(now - payer.places.lastTime) / 1_000_000)
            row[.placeLast] = distance
            row[.placeSpeed] = distance / (seconds / 3600)
            if let home = payer.places.distanceFromHomeKm(place) { row[.placeHome] = home }
        }
        let time = TimeOfDay(time: now, solarMicros: solarMicros)
        if let deviation = payer.hours.deviationHours(time) { row[.timeHabit] = deviation }
    }

    /// The payer's windows, this attempt included.
    private func writeWindows(
        _ payer: UnsafePointer<Payer>, currency: UInt16,
        into row: UnsafeMutableBufferPointer<Double>
    ) {
        for window in 0..<6 { row[window] = Double(payer.pointee.counts[window]) }
        row[.payerPayeesHour] = Double(payer.pointee.payees[2])
        row[.payerPayeesDay] = Double(payer.pointee.payees[3])
        row[.payerPayeesMonth] = Double(payer.pointee.payees[5])
        let divisor = divisor(currency)
        guard !payer.pointee.isMixed, !divisor.isNaN else { return }
        for window in 2..<6 {
            row[Feature.payerSumHour.rawValue + window - 2] =
                payer.pointee.sums[window].double / divisor
        }
    }
}

extension UnsafeMutableBufferPointer<Double> {
    @inline(__always)
    subscript(_ feature: Feature) -> Double {
        get { self[feature.rawValue] }
        nonmutating set { self[feature.rawValue] = newValue }
    }
}
