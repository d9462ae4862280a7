/// Attempts of one payer to pay one payee, in the last hour and day. Most pairs meet once a day at most: those need no
/// record, as the pair's last attempt tells all.
extension FeatureState {
    /// What the pair's attempts in the last hour and day come to, the present one included.
    struct PairCounts {
        var hour: UInt32 = 1
        var day: UInt32 = 1
        var sumDay: WideSum
    }

    /// Counts an attempt of `amount`.
    ///
    /// - Parameter previous: number of the pair's attempt before; less than the ring's if there is none.
    mutating func enterPair(
        party: UInt32, payer: UInt32, previous: Int64, amount: UInt64
    ) -> PairCounts {
        var sum = WideSum()
        sum.add(amount)
        guard previous >= log.cursors[Edge.day.rawValue] else { return PairCounts(sumDay: sum) }
        let hash = Relation.hash(party: party, payer: payer)
        if let position = pairDay(hash, party, payer) {
            let record = pairDays.change(pairDayIndex[position].number)
            record.pointee.countHour += 1
            record.pointee.countDay += 1
            record.pointee.sumDay.add(amount)
            return PairCounts(
                hour: record.pointee.countHour, day: record.pointee.countDay,
                sumDay: record.pointee.sumDay)
        }
        let isInHour = previous >= log.cursors[Edge.hour.rawValue]
        sum.add(log.amount(previous, log[previous]))
        let record = PairDay(
            party: party, payer: payer, countHour: isInHour ? 2 : 1, countDay: 2, sumDay: sum)
        if let number = pairDays.insert(record) {
            if !pairDayIndex.insert(NumberSlot(hash: hash, number: number)) {
                pairDays.remove(number)
            }
        }
        return PairCounts(hour: record.countHour, day: 2, sumDay: sum)
    }

    @inline(__always)
    mutating func leavePairHour(party: UInt32, payer: UInt32) {
        guard pairDays.count > 0 else { return }
        let hash = Relation.hash(party: party, payer: payer)
        guard let position = pairDay(hash, party, payer) else { return }
        let record = pairDays.change(pairDayIndex[position].number)
        // Where there was no room for a record earlier, it may have counted too few.
        if record.pointee.countHour > 0 { record.pointee.countHour -= 1 }
    }

    @inline(__always)
    mutating func leavePairDay(party: UInt32, payer: UInt32, amount: UInt64) {
        guard pairDays.count > 0 else { return }
        let hash = Relation.hash(party: party, payer: payer)
        guard let position = pairDay(hash, party, payer) else { return }
        let number = pairDayIndex[position].number
        let record = pairDays.change(number)
        record.pointee.countDay -= 1
        record.pointee.sumDay.subtract(amount)
        guard record.pointee.countDay <= 1 else { return }
        pairDayIndex.remove(position)
        pairDays.remove(number)
    }

    @inline(__always)
    private mutating func pairDay(_ hash: UInt32, _ party: UInt32, _ payer: UInt32)
        -> HashTable<NumberSlot>.Position?
    {
        pairDayIndex.find(hash) { slot in
            guard slot.hash == hash else { return false }
            let record = pairDays.read(slot.number)
            return record.pointee.party == party && record.pointee.payer == payer
        }
    }
}
