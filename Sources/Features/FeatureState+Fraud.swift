internal import EventLog

/// What becomes known of fraud.
extension FeatureState {
    /// A label: finds the attempt it is about, and tells all whom that touched. Attempts that have left the ring are not
    /// found any more; a verdict that changes nothing changes nothing.
    mutating func learn(_ label: TransferLabel, about event: Event) {
        guard label.reserve > .zero, let number = log.find(sequence: label.reserve.rawValue)
        else { return }
        let activity = log[number]
        let means = self.means[activity.means]
        let isFraud = label.verdict == .fraud
        guard payers.read(means.payer).pointee.account == event.payer.rawValue,
            activity.has(Activity.isFraud) != isFraud
        else { return }
        if isFraud {
            log.mark(number, Activity.isFraud)
            makeHistories(activity, means)
        } else {
            log.unmark(number, Activity.isFraud)
        }
        let time = log.time(number)
        let isRecent = number >= log.cursors[Edge.month.rawValue]
        let isMatured = number < log.cursors[Edge.matured.rawValue]
        var isIn = InlineArray<3, Bool>(repeating: false)
        for window in 0..<3 {
            isIn[window] =
                isMatured && number >= log.cursors[Edge.maturedDay.rawValue + window]
        }
        eachFraud(activity, means) { history in
            if isFraud {
                history.pointee.known += 1
                history.pointee.lastTime = max(history.pointee.lastTime, time)
                history.pointee.genuineSince = 0
                if isRecent { history.pointee.recent += 1 }
                for window in 0..<3 where isIn[window] { history.pointee.matured[window] += 1 }
            } else {
                history.pointee.known -= 1
                if isRecent { history.pointee.recent -= 1 }
                for window in 0..<3 where isIn[window] { history.pointee.matured[window] -= 1 }
            }
        }
        if isIn[2] { maturedFrauds += isFraud ? 1 : -1 }
    }

    /// Makes the histories of all whom a fraudulent attempt touched; there is room for as many as there are entities.
    private mutating func makeHistories(_ activity: Activity, _ means: Means) {
        for kind in 0..<5 {
            let number = Self.party(kind, activity, means)
            guard number != Slab<Party>.none,
                !parties.read(number).pointee.hasFraud,
                let history = frauds.insert(FraudHistory())
            else { continue }
            guard fraudIndex.insert(NumberSlot(hash: Self.fraudHash(number), number: history))
            else {
                frauds.remove(history)
                continue
            }
            parties.change(number).pointee.noteFraud()
        }
        guard let trouble = trouble(of: means.payer),
            trouble.pointee.fraud == Slab<FraudHistory>.none,
            let history = frauds.insert(FraudHistory())
        else { return }
        self.trouble(of: means.payer)?.pointee.fraud = history
    }

    /// The number of a party's history; only few parties have one, whose records say so.
    @inline(__always)
    mutating func fraud(of party: UInt32) -> UInt32? {
        guard parties.read(party).pointee.hasFraud else { return nil }
        let hash = Self.fraudHash(party)
        return fraudIndex.find(hash) { $0.hash == hash }.map { fraudIndex[$0].number }
    }

    mutating func forgetFraud(party: UInt32) {
        let hash = Self.fraudHash(party)
        guard let position = fraudIndex.find(hash, { $0.hash == hash }) else { return }
        frauds.remove(fraudIndex[position].number)
        fraudIndex.remove(position)
    }

    /// Another for every number (the 32-bit finalizer of MurmurHash3, Appleby 2011).
    private static func fraudHash(_ party: UInt32) -> UInt32 {
        var bits = party
        bits ^= bits >> 16
        bits &*= 0x85eb_ca6b
        bits ^= bits >> 13
        bits &*= 0xc2b2_ae35
        return bits ^ (bits >> 16)
    }

    /// The histories of all whom an attempt touched.
    mutating func eachFraud(
        _ activity: Activity, _ means: Means,
        _ body: (UnsafeMutablePointer<FraudHistory>) -> Void
    ) {
        for kind in 0..<5 {
            let number = Self.party(kind, activity, means)
            guard number != Slab<Party>.none else { continue }
            if let fraud = fraud(of: number) { body(frauds.change(fraud)) }
        }
        let trouble = payers.read(means.payer).pointee.trouble
        guard trouble != Slab<PayerTrouble>.none else { return }
        let fraud = troubles.read(trouble).pointee.fraud
        if fraud != Slab<FraudHistory>.none { body(frauds.change(fraud)) }
    }

    /// No money will move: the attempt counts as voided in the windows it is still in.
    mutating func noteVoided(_ number: Int64) {
        guard number >= log.tail else { return }
        let activity = log[number]
        guard !activity.has(Activity.isVoided) else { return }
        log.mark(number, Activity.isVoided)
        let isInHour = number >= log.cursors[Edge.hour.rawValue]
        let isInDay = number >= log.cursors[Edge.day.rawValue]
        guard isInDay, let trouble = trouble(of: means[activity.means].payer) else { return }
        if isInHour { trouble.pointee.voided[0] += 1 }
        trouble.pointee.voided[1] += 1
        payeeExtra(activity.payee)?.pointee.voidedDay += 1
    }
}
