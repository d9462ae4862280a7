/// What windows count: of the payer, the pair, the payee, the device, the instrument, the address and the place.
extension FeatureState {
    /// What the windows of others tell before the attempt enters them.
    mutating func writeReach(
        _ attempt: Attempt, _ touched: Touched, into row: UnsafeMutableBufferPointer<Double>
    ) {
        if touched.device != Slab<Party>.none {
            let device = parties.read(touched.device)
            if device.pointee.references > 0, let last = log.number(device.pointee.extra) {
                row[.deviceIdle] = Double(now - log.time(last)) / 1_000_000
            }
        }
        guard touched.payee != Slab<Party>.none else { return }
        let party = parties.read(touched.payee)
        let payee = payees.read(party.pointee.extra)
        row[.payeeAge] =
            Double(now - payee.pointee.firstTime) / Double(TimeOfDay.dayMicros)
        if party.pointee.references > 0 || party.pointee.isHeld {
            row[.payeeIdle] = Double(now - payee.pointee.lastTime) / 1_000_000
        }
        row[.payeeVoidedDay] = Double(payee.pointee.voidedDay)
        row[.payeeCircular] = hasPaidBack(attempt) ? 1 : 0
    }

    /// Whether the payee tried to pay the payer within the last 30 days.
    private mutating func hasPaidBack(_ attempt: Attempt) -> Bool {
        guard let payer = knownPayer(attempt.event.payee.rawValue),
            let payee = knownParty(0, UInt64(bitPattern: attempt.event.payer.rawValue)),
            let known = tie(payee, payer)
        else { return false }
        return known.tie.count > 0
    }

    mutating func writePair(
        _ pair: Acquaintance, _ counts: PairCounts, _ touched: Touched,
        into row: UnsafeMutableBufferPointer<Double>
    ) {
        row[.payeeFirst] = pair.hasPosted ? 0 : 1
        row[.pairAge] = Double(Int(today) - Int(pair.firstDay))
        row[.pairCountHour] = Double(counts.hour)
        row[.pairCountDay] = Double(counts.day)
        row[.pairCountMonth] = Double(pair.count)
        let payer = payers.read(touched.payer)
        let divisor = divisor(payer.pointee.currency)
        if !payer.pointee.isMixed, !divisor.isNaN {
            row[.pairSumDay] = counts.sumDay.double / divisor
        }
        if pair.previous >= log.tail {
            row[.pairIdle] = Double(now - log.time(pair.previous)) / 1_000_000
        }
    }

    /// All windows, this attempt included.
    mutating func writeWindows(
        _ attempt: Attempt, _ touched: Touched, into row: UnsafeMutableBufferPointer<Double>
    ) {
        writePayer(payers.read(touched.payer), currency: attempt.event.currency, into: row)
        if touched.payee != Slab<Party>.none {
            writePayee(
                parties.read(touched.payee), currency: attempt.event.currency, into: row)
        }
        if touched.device != Slab<Party>.none {
            let device = parties.read(touched.device)
            row[.deviceCountHour] = Double(device.pointee.countHour)
            row[.deviceCountDay] = Double(device.pointee.day)
            row[.devicePayersMonth] = Double(device.pointee.payersMonth)
        }
        if touched.instrument != Slab<Party>.none {
            let instrument = parties.read(touched.instrument)
            row[.instrumentCountDay] = Double(instrument.pointee.day)
            row[.instrumentPayersMonth] = Double(instrument.pointee.payersMonth)
        }
        if touched.address != Slab<Party>.none {
            let address = parties.read(touched.address)
            row[.addressCountHour] = Double(address.pointee.countHour)
            row[.addressPayersDay] = Double(address.pointee.day)
            row[.addressPayersMonth] = Double(address.pointee.payersMonth)
        }
        if touched.place != Slab<Party>.none {
            let place = parties.read(touched.place)
            row[.cellCountDay] = Double(place.pointee.day)
            row[.cellPayersMonth] = Double(place.pointee.payersMonth)
        }
    }

    private mutating func writePayer(
        _ payer: UnsafePointer<Payer>, currency: UInt16,
        into row: UnsafeMutableBufferPointer<Double>
    ) {
        let counts = payer.pointee.counts
        for window in 0..<6 {
            row[Feature.payerCountMinute.rawValue + window] = Double(counts[window])
        }
        row[.payerPayeesHour] = Double(payer.pointee.payees[0])
        row[.payerPayeesDay] = Double(payer.pointee.payees[1])
        row[.payerPayeesMonth] = Double(payer.pointee.payees[2])
        row[.payerDevicesMonth] = Double(payer.pointee.devices)
        row[.payerPlacesMonth] = Double(payer.pointee.cells)
        row[.payerBurstHour] = 24 * Double(counts[2]) / Double(counts[3])
        row[.payerBurstDay] = 30 * Double(counts[3]) / Double(counts[5])
        let trouble = payer.pointee.trouble
        let voided =
            trouble == Slab<PayerTrouble>.none
            ? InlineArray<2, UInt32>(repeating: 0) : troubles.read(trouble).pointee.voided
        row[.payerVoidedHour] = Double(voided[0])
        row[.payerVoidedDay] = Double(voided[1])
        let divisor = divisor(currency)
        guard !payer.pointee.isMixed, !divisor.isNaN else { return }
        for window in 0..<4 {
            row[Feature.payerSumHour.rawValue + window] =
                sum(window, of: payer) / divisor
        }
        row[.payerMeanDay] = row[.payerSumDay] / Double(counts[3])
        row[.payerMeanMonth] = row[.payerSumMonth] / Double(counts[5])
    }

    private mutating func writePayee(
        _ party: UnsafePointer<Party>, currency: UInt16,
        into row: UnsafeMutableBufferPointer<Double>
    ) {
        let payee = payees.read(party.pointee.extra)
        let (day, month) = (Double(party.pointee.day), Double(payee.pointee.countMonth))
        row[.payeeCountHour] = Double(party.pointee.countHour)
        row[.payeeCountDay] = day
        row[.payeeCountWeek] = Double(payee.pointee.countWeek)
        row[.payeeCountMonth] = month
        row[.payeePayersDay] = Double(payee.pointee.payersDay)
        row[.payeePayersMonth] = Double(party.pointee.payersMonth)
        row[.payeeBurst] = 30 * day / month
        row[.payeeNewDay] =
            Double(payee.pointee.newPayers[0]) / Double(payee.pointee.payersDay)
        row[.payeeNewMonth] =
            Double(payee.pointee.newPayers[1]) / Double(party.pointee.payersMonth)
        let divisor = divisor(currency)
        guard !payee.pointee.isMixed, !divisor.isNaN else { return }
        row[.payeeSumDay] = payee.pointee.sums[0].double / divisor
        row[.payeeMeanMonth] = payee.pointee.sums[1].double / divisor / month
    }
}
