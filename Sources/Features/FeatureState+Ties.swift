/// Ties of payers with parties: that of its first payer stands in the party's own record, as most devices, instruments
/// and addresses have no other; those of later payers are found by both ends.
extension FeatureState {
    /// A tie and where it is kept: nowhere but in the party's record unless a position is told.
    struct KnownTie {
        var tie: Tie
        fileprivate var position: HashTable<Relation>.Position?
    }

    @inline(__always)
    mutating func tie(_ party: UInt32, _ payer: UInt32) -> KnownTie? {
        let record = parties.read(party)
        if record.pointee.payer == payer { return KnownTie(tie: record.pointee.tie) }
        return relation(party, payer).map { KnownTie(tie: relations[$0].tie, position: $0) }
    }

    @inline(__always)
    private func relation(_ party: UInt32, _ payer: UInt32) -> HashTable<Relation>.Position? {
        relations.find(Relation.hash(party: party, payer: payer)) {
            $0.party == party && $0.payer == payer
        }
    }

    /// Writes a tie back to where it was found.
    @inline(__always)
    mutating func keep(_ known: KnownTie, _ party: UInt32) {
        if let position = known.position {
            relations.change(position).pointee.tie = known.tie
        } else {
            parties.change(party).pointee.tie = known.tie
        }
    }

    /// Adds a tie that is not there yet. False if there is no room.
    @inline(__always)
    mutating func introduce(_ tie: Tie, _ party: UInt32, _ payer: UInt32) -> Bool {
        if parties.read(party).pointee.payer == Slab<Payer>.none {
            let record = parties.change(party)
            record.pointee.payer = payer
            record.pointee.tie = tie
            return true
        }
        return relations.insert(Relation(party: party, payer: payer, tie: tie))
    }

    /// The last attempt of a pair has left the ring.
    mutating func forgetAttempts(party: UInt32, payer: UInt32) {
        guard var known = tie(party, payer) else { return }
        if known.tie.hasPosted {
            known.tie.forget()
            keep(known, party)
        } else if let position = known.position {
            relations.remove(position)
        } else {
            parties.change(party).pointee.payer = Slab<Payer>.none
        }
    }

    /// A transfer of the payer with this party was posted.
    mutating func countPosted(_ kind: Int, _ key: UInt64, payer: UInt32, currency: UInt16) {
        let party = party(kind, key, currency: currency)
        guard party != Slab<Party>.none else { return }
        if var known = tie(party, payer) {
            guard !known.tie.hasPosted else { return }
            known.tie.hasPosted = true
            keep(known, party)
        } else {
            var tie = Tie(firstDay: today)
            tie.hasPosted = true
            guard introduce(tie, party, payer) else { return removeIfUnused(party: party) }
        }
        parties.change(party).pointee.hold()
    }
}
