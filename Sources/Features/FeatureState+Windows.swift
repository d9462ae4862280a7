/// Attempts growing older: out of the sliding windows, and into and out of those of matured attempts.
extension FeatureState {
    /// Lets attempts pass all edges that they have reached by a time: a window is (time − w, time].
    @inline(__always)
    mutating func slideWindows(to time: Int64) {
        for edge in 0..<Edge.count {
            let limit = time.subtractingReportingOverflow(log.ages[edge]).partialValue
            while log.dueTimes[edge] <= limit { pass(edge, isCut: false) }
        }
        log.discardPassed()
    }

    /// Makes room for one attempt: the oldest passes all edges early. It never counts as matured then: too little is known
    /// of it.
    mutating func makeRoom() {
        guard log.isFull else { return }
        let oldest = log.tail
        log.noteCut(log.time(oldest))
        let isCut = log.cursors[Edge.matured.rawValue] == oldest
        for edge in 0..<Edge.count where log.cursors[edge] == oldest { pass(edge, isCut: isCut) }
    }

    /// The first attempt before an edge passes it.
    private mutating func pass(_ edge: Int, isCut: Bool) {
        let number = log.cursors[edge]
        let activity = log[number]
        let means = self.means[activity.means]
        log.advance(edge)
        switch edge {
        case Edge.minute.rawValue, Edge.tenMinutes.rawValue:
            payers.change(means.payer).pointee.counts[edge] -= 1
        case Edge.hour.rawValue: leaveHour(number, activity, means)
        case Edge.day.rawValue: leaveDay(number, activity, means)
        case Edge.week.rawValue: leaveWeek(number, activity, means)
        case Edge.month.rawValue: leaveMonth(number, activity, means)
        case Edge.fortnight.rawValue:
            if activity.has(Activity.isOutlier) {
                trouble(of: means.payer)?.pointee.outliers[3] -= 1
            }
        case Edge.matured.rawValue: if !isCut { mature(activity, means) }
        case Edge.maturedDay.rawValue: if !isCut { leaveMatured(0, activity, means) }
        case Edge.maturedWeek.rawValue: if !isCut { leaveMatured(1, activity, means) }
        default:
            if !isCut { leaveMatured(2, activity, means) }
            leaveRing(number, activity, means)
        }
    }

    // MARK: - Windows

    @inline(__always)
    private mutating func leaveHour(_ number: Int64, _ activity: Activity, _ means: Means) {
        leavePayer(.hour, number, activity, means.payer)
        let isLast = !activity.has(Activity.isRepeated(0))
        if isLast { payers.change(means.payer).pointee.payees[0] -= 1 }
        for kind in 0..<4 {
            let party = Self.party(kind, activity, means)
            if party != Slab<Party>.none { parties.change(party).pointee.countHour -= 1 }
        }
        leavePairHour(party: activity.payee, payer: means.payer)
        if activity.has(Activity.isVoided | Activity.isOutlier) {
            guard let trouble = trouble(of: means.payer) else { return }
            if activity.has(Activity.isVoided) { trouble.pointee.voided[0] -= 1 }
            if activity.has(Activity.isOutlier) { trouble.pointee.outliers[0] -= 1 }
        }
    }

    @inline(__always)
    private mutating func leaveDay(_ number: Int64, _ activity: Activity, _ means: Means) {
        leavePayer(.day, number, activity, means.payer)
        if !activity.has(Activity.isRepeated(0)) {
            payers.change(means.payer).pointee.payees[1] -= 1
        }
        for kind in 0..<5 { leavePartyDay(kind, activity, means) }
        if let payee = payeeExtra(activity.payee) {
            payee.pointee.sums[0].subtract(log.amount(number, activity))
            if !activity.has(Activity.isRepeated(0)) { payee.pointee.payersDay -= 1 }
            if activity.has(Activity.isVoided) { payee.pointee.voidedDay -= 1 }
            if activity.has(Activity.isFirstOfPair) { payee.pointee.newPayers[0] -= 1 }
        }
        leavePairDay(
            party: activity.payee, payer: means.payer, amount: log.amount(number, activity))
        let category = log.category(number)
        if category != 0 { categories.change(category).pointee.countDay -= 1 }
        if activity.has(Activity.isVoided | Activity.isOutlier) {
            guard let trouble = trouble(of: means.payer) else { return }
            if activity.has(Activity.isVoided) { trouble.pointee.voided[1] -= 1 }
            if activity.has(Activity.isOutlier) { trouble.pointee.outliers[1] -= 1 }
        }
    }

    @inline(__always)
    private mutating func leaveWeek(_ number: Int64, _ activity: Activity, _ means: Means) {
        leavePayer(.week, number, activity, means.payer)
        payeeExtra(activity.payee)?.pointee.countWeek -= 1
        if activity.has(Activity.isOutlier) {
            trouble(of: means.payer)?.pointee.outliers[2] -= 1
        }
    }

    @inline(__always)
    private mutating func leaveMonth(_ number: Int64, _ activity: Activity, _ means: Means) {
        leavePayer(.month, number, activity, means.payer)
        let payer = payers.change(means.payer)
        if !activity.has(Activity.isRepeated(0)) { payer.pointee.payees[2] -= 1 }
        if means.device != Slab<Party>.none, !activity.has(Activity.isRepeated(1)) {
            payer.pointee.devices -= 1
        }
        if activity.place != Slab<Party>.none, !activity.has(Activity.isRepeated(4)) {
            payer.pointee.cells -= 1
        }
        for kind in 0..<5 where !activity.has(Activity.isRepeated(kind)) {
            let party = Self.party(kind, activity, means)
            if party != Slab<Party>.none { parties.change(party).pointee.payersMonth -= 1 }
        }
        if let payee = payeeExtra(activity.payee) {
            payee.pointee.countMonth -= 1
            payee.pointee.sums[1].subtract(log.amount(number, activity))
            if activity.has(Activity.isFirstOfPair) { payee.pointee.newPayers[1] -= 1 }
        }
        if activity.payee != Slab<Party>.none, var known = tie(activity.payee, means.payer) {
            known.tie.leave()
            keep(known, activity.payee)
        }
        if activity.has(Activity.isFraud) {
            eachFraud(activity, means) { $0.pointee.recent -= 1 }
        }
    }

    @inline(__always)
    private mutating func leavePayer(
        _ window: Window, _ number: Int64, _ activity: Activity, _ payer: UInt32
    ) {
        let record = payers.change(payer)
        record.pointee.counts[window.rawValue] -= 1
        if activity.has(Activity.isSummed) {
            subtract(log.amount(number, activity), fromSum: window.rawValue - 2, of: payer)
        }
    }

    @inline(__always)
    private mutating func leavePartyDay(_ kind: Int, _ activity: Activity, _ means: Means) {
        let number = Self.party(kind, activity, means)
        guard number != Slab<Party>.none else { return }
        // Addresses count payers, not attempts.
        if kind == Party.Kind.address.rawValue, activity.has(Activity.isRepeated(kind)) { return }
        parties.change(number).pointee.day -= 1
    }

    /// Nothing depends on the attempt any more.
    private mutating func leaveRing(_ number: Int64, _ activity: Activity, _ means: Means) {
        for kind in 0..<5 {
            let party = Self.party(kind, activity, means)
            guard party != Slab<Party>.none else { continue }
            let record = parties.change(party)
            record.pointee.references -= 1
            if kind < 4, !activity.has(Activity.isRepeated(kind)) {
                forgetAttempts(party: party, payer: means.payer)
            }
            if record.pointee.references == 0 { removeIfUnused(party: party) }
        }
        leave(means: activity.means)
        log.forget(number, activity)
    }

    // MARK: - Matured attempts

    private mutating func mature(_ activity: Activity, _ means: Means) {
        let isFraud = activity.has(Activity.isFraud)
        payers.change(means.payer).pointee.matured += 1
        for kind in 0..<5 {
            let number = Self.party(kind, activity, means)
            guard number != Slab<Party>.none else { continue }
            let party = parties.change(number)
            party.pointee.matured += 1
            if kind == 0 {
                let payee = payees.change(party.pointee.extra)
                payee.pointee.matured[0] += 1
                payee.pointee.matured[1] += 1
            }
            if let fraud = fraud(of: number) {
                Self.mature(frauds.change(fraud), isFraud: isFraud)
            }
        }
        let trouble = payers.read(means.payer).pointee.trouble
        if trouble != Slab<PayerTrouble>.none {
            let fraud = troubles.read(trouble).pointee.fraud
            if fraud != Slab<FraudHistory>.none {
                Self.mature(frauds.change(fraud), isFraud: isFraud)
            }
        }
        if isFraud { maturedFrauds += 1 }
    }

    private static func mature(_ history: UnsafeMutablePointer<FraudHistory>, isFraud: Bool) {
        history.pointee.mature(isFraud: isFraud)
        if isFraud { for window in 0..<3 { history.pointee.matured[window] += 1 } }
    }

    /// - Parameter window: 0, 1 or 2 for the day, the week or the month.
    private mutating func leaveMatured(_ window: Int, _ activity: Activity, _ means: Means) {
        if window < 2 {
            if let payee = payeeExtra(activity.payee) { payee.pointee.matured[window] -= 1 }
        } else {
            payers.change(means.payer).pointee.matured -= 1
            for kind in 0..<5 {
                let party = Self.party(kind, activity, means)
                if party != Slab<Party>.none { parties.change(party).pointee.matured -= 1 }
            }
        }
        guard activity.has(Activity.isFraud) else { return }
        eachFraud(activity, means) { $0.pointee.matured[window] -= 1 }
        if window == 2 { maturedFrauds -= 1 }
    }

    // MARK: - Whom an attempt touches

    @inline(__always)
    static func party(_ kind: Int, _ activity: Activity, _ means: Means) -> UInt32 {
        switch kind {
        case 0: activity.payee
        case 4: activity.place
        default: means[kind]
        }
    }

    /// What is known of a payee beyond other parties; nil if it is none.
    @inline(__always)
    mutating func payeeExtra(_ party: UInt32) -> UnsafeMutablePointer<Payee>? {
        guard party != Slab<Party>.none else { return nil }
        return payees.change(parties.read(party).pointee.extra)
    }

    /// How many windows reach back to attempts that were dropped early.
    var saturatedWindows: Int {
        var count = 0
        for window in Window.allCases
        where log.cutTime > now.subtractingReportingOverflow(window.durationMicros).partialValue {
            count += 1
        }
        return count
    }
}
