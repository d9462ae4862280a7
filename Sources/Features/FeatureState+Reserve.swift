internal import EventLog

/// A reserve: its features, and its entry into the windows.
extension FeatureState {
    mutating func reserve(
        _ event: Event, leg: Leg?, context: RiskContext,
        into row: UnsafeMutableBufferPointer<Double>
    ) {
        slideWindows(to: now)
        makeRoom()
        for index in 0..<Feature.count { row[index] = .nan }
        let attempt = Attempt(event, context, divisor: divisor(event.currency), now: now)
        writeEvent(attempt, leg: leg, into: row)
        let payer = payer(event.payer.rawValue, currency: event.currency)
        guard payer != Slab<Payer>.none else { return }
        let touched = touch(attempt, context, payer: payer)
        let combination = Means(
            payer: payer, device: touched.device, instrument: touched.instrument,
            address: touched.address)
        guard let means = enter(combination) else { return forget(touched) }
        noteCurrencies(attempt, touched)

        writeAmounts(attempt, touched, into: row)
        writeCategory(attempt, payer: payer, into: row)
        writeTime(attempt, payer: payers.read(payer), into: row)
        if let place = attempt.place {
            writePlace(place, payer: payers.read(payer), into: row)
            writeSpots(payers.read(payer), cell: attempt.cell, into: row)
        }
        writeCountries(attempt, touched, into: row)
        writeFraud(touched, into: row)
        writeReach(attempt, touched, into: row)

        let number = enter(attempt, touched, means: means, into: row)
        writeWindows(attempt, touched, into: row)
        row[.windowSaturated] = Double(saturatedWindows)
        remember(
            PendingTransfer(
                high: event.transfer.high, low: event.transfer.low, time: now,
                amount: event.amount, attempt: number, solarMicros: attempt.solarMicros,
                payee: event.payee.rawValue, device: context.device.rawValue, payer: payer,
                place: attempt.place ?? UnitVector(), cell: attempt.cell,
                currency: event.currency, category: attempt.category,
                country: attempt.country.rawValue, hasPlace: context.hasPlace))
    }

    /// Finds all whom the attempt touches, and makes those that are new.
    private mutating func touch(
        _ attempt: Attempt, _ context: RiskContext, payer: UInt32
    ) -> Touched {
        let currency = attempt.event.currency
        return Touched(
            payer: payer,
            payee: party(
                0, UInt64(bitPattern: attempt.event.payee.rawValue), currency: currency),
            device: party(1, context.device.rawValue, currency: currency),
            instrument: party(2, context.instrument.rawValue, currency: currency),
            address: party(3, context.address.rawValue, currency: currency),
            place: context.hasPlace
                ? party(4, UInt64(attempt.cell) + 1, currency: currency) : Slab<Party>.none)
    }

    /// There is no room for the attempt.
    private mutating func forget(_ touched: Touched) {
        for kind in 0..<5 where touched[kind] != Slab<Party>.none {
            removeIfUnused(party: touched[kind])
        }
    }

    private mutating func noteCurrencies(_ attempt: Attempt, _ touched: Touched) {
        let currency = attempt.event.currency
        if payers.read(touched.payer).pointee.currency != currency {
            payers.change(touched.payer).pointee.mix()
        }
        if let payee = payeeExtra(touched.payee), payee.pointee.currency != currency {
            payee.pointee.isMixed = true
        }
    }

    // MARK: - Entry

    /// Counts the attempt in every window of all whom it touches, and puts it into the ring. Returns its number there.
    private mutating func enter(
        _ attempt: Attempt, _ touched: Touched, means: UInt32,
        into row: UnsafeMutableBufferPointer<Double>
    ) -> Int64 {
        let amount = attempt.event.amount >= 0 ? UInt64(attempt.event.amount) : 0
        let payer = payers.change(touched.payer)
        let isSummed = !payer.pointee.isMixed && attempt.event.amount >= 0
        for window in 0..<6 { payer.pointee.counts[window] += 1 }
        if isSummed { for window in 0..<4 { add(amount, toSum: window, of: touched.payer) } }
        var flags = isSummed ? Activity.isSummed : 0
        if !row[.amountDeviation].isNaN,
            payer.pointee.baseline.isOutlier(row[.amountDeviation])
        {
            flags |= Activity.isOutlier
            if let trouble = trouble(of: touched.payer) {
                for window in 0..<4 { trouble.pointee.outliers[window] += 1 }
            }
        }
        if enterPayee(touched, amount: amount, into: row) { flags |= Activity.isFirstOfPair }
        enterMeans(touched, into: row)
        enterPlace(attempt, touched)
        if attempt.category != 0 { categories.change(attempt.category).pointee.countDay += 1 }
        noteLast(attempt, payer)
        return log.append(
            Activity(
                means: means, payee: touched.payee, place: touched.place, flags: flags),
            time: now, sequence: UInt32(truncatingIfNeeded: attempt.event.sequence.rawValue),
            amount: amount, category: attempt.category)
    }

    private mutating func noteLast(_ attempt: Attempt, _ payer: UnsafeMutablePointer<Payer>) {
        let isEqual =
            payer.pointee.hasAttempted && payer.pointee.lastAmount == attempt.event.amount
        if !isEqual {
            payer.pointee.repeats = 0
        } else if payer.pointee.repeats < .max {
            payer.pointee.repeats += 1
        }
        payer.pointee.lastAmount = attempt.event.amount
        payer.pointee.lastAttempt = now
        payer.pointee.noteAttempted()
    }

    /// Returns whether it is the payer's first attempt to pay the payee.
    private mutating func enterPayee(
        _ touched: Touched, amount: UInt64, into row: UnsafeMutableBufferPointer<Double>
    ) -> Bool {
        guard touched.payee != Slab<Party>.none else { return false }
        let pair = enter(0, party: touched.payee, payer: touched.payer)
        let payer = payers.change(touched.payer)
        if pair.previous < log.cursors[Edge.hour.rawValue] { payer.pointee.payees[0] += 1 }
        if pair.previous < log.cursors[Edge.day.rawValue] { payer.pointee.payees[1] += 1 }
        if pair.previous < log.cursors[Edge.month.rawValue] { payer.pointee.payees[2] += 1 }
        if let payee = payeeExtra(touched.payee) {
            payee.pointee.countWeek += 1
            for window in 0..<2 {
                payee.pointee.sums[window].add(amount)
                if pair.isFirst { payee.pointee.newPayers[window] += 1 }
            }
            payee.pointee.lastTime = now
        }
        let counts = enterPair(
            party: touched.payee, payer: touched.payer, previous: pair.previous, amount: amount)
        writePair(pair, counts, touched, into: row)
        return pair.isFirst
    }

    private mutating func enterMeans(
        _ touched: Touched, into row: UnsafeMutableBufferPointer<Double>
    ) {
        for kind in 1..<4 where touched[kind] != Slab<Party>.none {
            let pair = enter(kind, party: touched[kind], payer: touched.payer)
            switch kind {
            case 1:
                parties.change(touched[kind]).pointee.extra =
                    UInt32(truncatingIfNeeded: log.end)
                if pair.previous < log.cursors[Edge.month.rawValue] {
                    payers.change(touched.payer).pointee.devices += 1
                }
                row[.deviceNew] = pair.hasPosted ? 0 : 1
                row[.deviceAge] = Double(Int(today) - Int(pair.firstDay))
            case 2: row[.instrumentNew] = pair.isFirst ? 1 : 0
            default: break
            }
        }
    }

    private mutating func enterPlace(_ attempt: Attempt, _ touched: Touched) {
        guard touched.place != Slab<Party>.none else { return }
        let found = enterSpot(payer: touched.payer, cell: attempt.cell, place: touched.place)
        let previous = found ?? .min
        if let found { log.mark(found, Activity.isRepeated(4)) }
        if previous < log.cursors[Edge.month.rawValue] {
            payers.change(touched.payer).pointee.cells += 1
        }
        countIn(4, party: touched.place, previous: previous)
    }

    /// What was known of a payer and a party before this attempt.
    struct Acquaintance {
        /// Number of the attempt before; less than the ring's if there is none.
        var previous: Int64
        var hasPosted: Bool
        var isFirst: Bool
        var firstDay: UInt16
        /// Attempts in 30 days, this one included.
        var count: UInt16
    }

    /// Counts an attempt, the log's next, in every window of the payer–party pair.
    @inline(__always)
    private mutating func enter(_ kind: Int, party: UInt32, payer: UInt32) -> Acquaintance {
        let next = UInt32(truncatingIfNeeded: log.end)
        var known = Acquaintance(
            previous: .min, hasPosted: false, isFirst: true, firstDay: today, count: 1)
        if var found = tie(party, payer) {
            known.hasPosted = found.tie.hasPosted
            known.isFirst = false
            known.firstDay = found.tie.firstDay
            if found.tie.isRecent, let number = log.number(found.tie.last) {
                known.previous = number
                log.mark(number, Activity.isRepeated(kind))
            }
            found.tie.enter(next)
            known.count = found.tie.count
            keep(found, party)
        } else {
            var tie = Tie(firstDay: today)
            tie.enter(next)
            // Without room the pair counts as a new one each time: too many, never too few.
            _ = introduce(tie, party, payer)
        }
        countIn(kind, party: party, previous: known.previous)
        return known
    }

    @inline(__always)
    private mutating func countIn(_ kind: Int, party: UInt32, previous: Int64) {
        let record = parties.change(party)
        record.pointee.references += 1
        if kind < 4 { record.pointee.countHour += 1 }
        let isNewToday = previous < log.cursors[Edge.day.rawValue]
        if kind != Party.Kind.address.rawValue || isNewToday { record.pointee.day += 1 }
        if kind == Party.Kind.payee.rawValue {
            let payee = payees.change(record.pointee.extra)
            payee.pointee.countMonth += 1
            if isNewToday { payee.pointee.payersDay += 1 }
        }
        if previous < log.cursors[Edge.month.rawValue] { record.pointee.payersMonth += 1 }
    }
}

extension UnsafeMutableBufferPointer<Double> {
    @inline(__always)
    subscript(_ feature: Feature) -> Double {
        get { self[feature.rawValue] }
        nonmutating set { self[feature.rawValue] = newValue }
    }
}
