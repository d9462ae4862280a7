internal import EventLog
internal import Glibc

/// What becomes of reserves, and what a payer's history learns from those whose money moved.
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
        pendingIndex.remove(position)
        pending.remove(number)
    }

    private func pendingPosition(_ hash: UInt32, _ high: UInt64, _ low: UInt64)
        -> HashTable<NumberSlot>.Position?
    {
        pendingIndex.find(hash) { slot in
            guard slot.hash == hash else { return false }
            let record = pending.read(slot.number)
            return record.pointee.high == high && record.pointee.low == low
        }
    }

    private mutating func learn(_ transfer: PendingTransfer) {
        let record = payers.change(transfer.payer)
        let logarithm = log1p(Double(transfer.amount) / divisor(transfer.currency))
        if !record.pointee.isMixed, logarithm.isFinite {
            record.pointee.amounts.add(minor: transfer.amount, logarithm: logarithm)
        }
        if transfer.hasPlace {
            record.pointee.places.add(transfer.place, time: transfer.time)
        }
        record.pointee.hours.add(
            TimeOfDay(time: transfer.time, solarMicros: transfer.solarMicros))
        countPosted(0, UInt64(bitPattern: transfer.payee), payer: transfer.payer)
        countPosted(1, transfer.device, payer: transfer.payer)
    }
}
