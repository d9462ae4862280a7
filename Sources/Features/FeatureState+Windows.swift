/// Attempts entering and leaving the sliding windows.
extension FeatureState {
    /// Lets attempts leave that are no longer within (now − w, now].
    @inline(__always)
    mutating func slideWindows() {
        for window in Window.allCases {
            let edge = now.subtractingReportingOverflow(window.durationMicros).partialValue
            let index = window.rawValue
            while log.cursors[index] < log.end, log.time(log.cursors[index]) <= edge {
                leave(window)
            }
        }
        log.discardPassed()
    }

    /// Makes room for one attempt: the oldest leaves all windows early.
    mutating func makeRoom() {
        guard log.isFull else { return }
        let oldest = log.cursors[Window.month.rawValue]
        log.noteCut(log.time(oldest))
        for window in Window.allCases where log.cursors[window.rawValue] == oldest { leave(window) }
    }

    /// The first attempt of a window leaves it.
    private mutating func leave(_ window: Window) {
        let index = window.rawValue
        let activity = log[log.cursors[index]]
        log.advance(index)
        let payer = payers.change(activity.payer)
        payer.pointee.counts[index] -= 1
        if activity.flags & Activity.isRepeated(0) == 0 { payer.pointee.payees[index] -= 1 }
        if activity.flags & Activity.isSummed != 0 {
            payer.pointee.sums[index].subtract(UInt64(activity.amount))
        }
        let slot = Party.slots[index]
        guard slot >= 0 else { return }
        for kind in 0..<4 where activity.parties[kind] != Slab<Party>.none {
            let number = activity.parties[kind]
            let party = parties.change(number)
            let isLast = activity.flags & Activity.isRepeated(kind) == 0
            party.pointee.counts[slot] -= 1
            if isLast { party.pointee.payers[slot] -= 1 }
            if window == .month {
                if isLast { forgetAttempts(party: number, payer: activity.payer) }
                removeIfUnused(party: number)
            }
        }
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

    /// Whether a payer had a posted transfer with the party before this attempt.
    struct Acquaintance {
        var isTracked = false
        var hasPosted = false
    }

    /// Counts an attempt, the log's next, in every window of the payer–party pair.
    @inline(__always)
    mutating func enter(_ kind: Int, party: UInt32, payer: UInt32) -> Acquaintance {
        guard party != Slab<Party>.none else { return Acquaintance() }
        let next = UInt32(truncatingIfNeeded: log.end)
        var previous = Int64.min
        var hasPosted = false
        if let position = relation(party, payer) {
            var relation = relations[position]
            hasPosted = relation.hasPosted
            if relation.isRecent, let number = log.number(relation.last) {
                previous = number
                log.mark(number, Activity.isRepeated(kind))
            }
            relation.last = next
            relation.isRecent = true
            relations.update(position, relation)
        } else {
            var relation = Relation(party: party, payer: payer)
            relation.last = next
            relation.isRecent = true
            // Without room the pair counts as a new one each time: too many, never too few.
            _ = relations.insert(relation)
        }
        let record = parties.change(party)
        for slot in 0..<3 {
            record.pointee.counts[slot] += 1
            if previous < log.cursors[Party.windows[slot].rawValue] {
                record.pointee.payers[slot] += 1
            }
        }
        if kind == Int(Party.Kind.payee.rawValue) {
            let record = payers.change(payer)
            for window in 0..<6 where previous < log.cursors[window] {
                record.pointee.payees[window] += 1
            }
        }
        return Acquaintance(isTracked: true, hasPosted: hasPosted)
    }
}
