internal import EventLog
internal import Glibc

/// What becomes of reserves, and what histories learn from those whose money moved.
extension FeatureState {
    /// Keeps a reserve's context until its transfer comes to rest.
    mutating func remember(_ transfer: PendingTransfer) {
        let hash = PendingTransfer.hash(high: transfer.high, low: transfer.low)
        guard pendingPosition(hash, transfer.high, transfer.low) == nil,
            let number = pending.insert(transfer)
        else { return }
        if !pendingIndex.insert(NumberSlot(hash: hash, number: number)) { pending.remove(number) }
    }

    /// Money moved, or will not move any more.
    mutating func settle(_ event: Event) {
        let hash = PendingTransfer.hash(high: event.transfer.high, low: event.transfer.low)
        guard let position = pendingPosition(hash, event.transfer.high, event.transfer.low)
        else { return }
        let number = pendingIndex[position].number
        let transfer = pending[number]
        if event.kind != .voided, !transfer.isLearnt {
            learn(transfer)
            pending.change(number).pointee.isLearnt = true
        }
        guard event.state.isFinal else { return }
        if event.kind == .voided, !transfer.isLearnt { noteVoided(transfer.attempt) }
        pendingIndex.remove(position)
        pending.remove(number)
    }

    private mutating func pendingPosition(_ hash: UInt32, _ high: UInt64, _ low: UInt64)
        -> HashTable<NumberSlot>.Position?
    {
        pendingIndex.find(hash) { slot in
            guard slot.hash == hash else { return false }
            let record = pending.read(slot.number)
            return record.pointee.high == high && record.pointee.low == low
        }
    }

    private mutating func learn(_ transfer: PendingTransfer) {
        let payer = payers.change(transfer.payer)
        if transfer.hasPlace {
            payer.pointee.places.add(transfer.place, time: transfer.time)
            visit(payer: transfer.payer, cell: transfer.cell, time: transfer.time)
        }
        learnCountry(transfer)
        payer.pointee.hours.add(
            TimeOfDay(time: transfer.time, solarMicros: transfer.solarMicros))
        payer.pointee.weekdays.add(
            WeekdayHistory.weekday(time: transfer.time, solarMicros: transfer.solarMicros))
        countPosted(
            0, UInt64(bitPattern: transfer.payee), payer: transfer.payer,
            currency: transfer.currency)
        countPosted(1, transfer.device, payer: transfer.payer, currency: transfer.currency)
        learnAmount(transfer)
    }

    private mutating func learnAmount(_ transfer: PendingTransfer) {
        let major = Double(transfer.amount) / divisor(transfer.currency)
        let logarithm = log1p(major)
        guard logarithm.isFinite else { return }
        let minor = transfer.amount
        let all = population.read(transfer.currency).pointee
        population.change(transfer.currency).pointee.add(
            minor: minor, logarithm: logarithm, major: major)
        let payer = payers.change(transfer.payer)
        if !payer.pointee.isMixed {
            payer.pointee.baseline.add(
                minor: minor, logarithm: logarithm, major: major, within: all)
            payer.pointee.recent.add(logarithm: logarithm)
        }
        if let party = knownParty(0, UInt64(bitPattern: transfer.payee)),
            let payee = payeeExtra(party)
        {
            if payee.pointee.currency != transfer.currency { payee.pointee.isMixed = true }
            if !payee.pointee.isMixed {
                payee.pointee.baseline.add(minor: minor, logarithm: logarithm, major: major)
                payee.pointee.recent.add(logarithm: logarithm)
            }
        }
        guard transfer.category != 0 else { return }
        categories.change(transfer.category).pointee.add(
            minor: minor, logarithm: logarithm, major: major, currency: transfer.currency)
        if !payer.pointee.isMixed {
            learnCategory(transfer.payer, transfer.category, logarithm: logarithm)
        }
    }

    private mutating func learnCategory(_ payer: UInt32, _ category: UInt16, logarithm: Double) {
        if let position = payerCategory(payer, category) {
            var record = payerCategories[position]
            record.add(logarithm: logarithm)
            payerCategories.update(position, record)
        } else {
            var record = PayerCategory(payer: payer, category: category)
            record.add(logarithm: logarithm)
            _ = payerCategories.insert(record)
        }
    }

    @inline(__always)
    func payerCategory(_ payer: UInt32, _ category: UInt16)
        -> HashTable<PayerCategory>.Position?
    {
        payerCategories.find(PayerCategory.hash(payer: payer, category: category)) {
            $0.payer == payer && $0.category == category
        }
    }
}
