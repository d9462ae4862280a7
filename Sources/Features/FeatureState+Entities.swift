internal import EventLog

/// Finding entities, and making those that are new.
extension FeatureState {
    /// The payer's number; none if there is no room for a new one.
    @inline(__always)
    mutating func payer(_ account: Int64, currency: UInt16) -> UInt32 {
        let hash = UInt32(truncatingIfNeeded: mixed(UInt64(bitPattern: account)))
        let found = payerIndex.find(hash) {
            $0.hash == hash && payers.read($0.number).pointee.account == account
        }
        if let found { return payerIndex[found].number }
        guard let number = payers.insert(Payer(account: account, currency: currency)) else {
            return Slab<Payer>.none
        }
        guard payerIndex.insert(NumberSlot(hash: hash, number: number)) else {
            payers.remove(number)
            return Slab<Payer>.none
        }
        return number
    }

    /// The party's number; none for no key, or if there is no room for a new one.
    @inline(__always)
    mutating func party(_ kind: Int, _ key: UInt64) -> UInt32 {
        guard key != 0 else { return Slab<Party>.none }
        let hash = Party.hash(kind: kind, key: key)
        let found = partyIndex.find(hash) { slot in
            guard slot.hash == hash else { return false }
            let party = parties.read(slot.number)
            return party.pointee.key == key && party.pointee.kind == UInt8(kind)
        }
        if let found { return partyIndex[found].number }
        guard let number = parties.insert(Party(kind: kind, key: key)) else {
            return Slab<Party>.none
        }
        guard partyIndex.insert(NumberSlot(hash: hash, number: number)) else {
            parties.remove(number)
            return Slab<Party>.none
        }
        return number
    }

    /// Forgets a party that no window contains and no posted payment knows.
    mutating func removeIfUnused(party number: UInt32) {
        let party = parties[number]
        guard party.holds == 0, party.counts[2] == 0 else { return }
        let hash = Party.hash(kind: Int(party.kind), key: party.key)
        if let position = partyIndex.find(hash, { $0.hash == hash && $0.number == number }) {
            partyIndex.remove(position)
        }
        parties.remove(number)
    }

    @inline(__always)
    func relation(_ party: UInt32, _ payer: UInt32) -> HashTable<Relation>.Position? {
        relations.find(Relation.hash(party: party, payer: payer)) {
            $0.party == party && $0.payer == payer
        }
    }

    /// The last attempt of a pair has left the longest window.
    mutating func forgetAttempts(party: UInt32, payer: UInt32) {
        guard let position = relation(party, payer) else { return }
        var relation = relations[position]
        guard relation.hasPosted else { return relations.remove(position) }
        relation.isRecent = false
        relations.update(position, relation)
    }

    /// A transfer of the payer with this party was posted.
    mutating func countPosted(_ kind: Int, _ key: UInt64, payer: UInt32) {
        let party = party(kind, key)
        guard party != Slab<Party>.none else { return }
        var isFirst = true
        if let position = relation(party, payer) {
            var relation = relations[position]
            isFirst = !relation.hasPosted
            relation.countPosted()
            relations.update(position, relation)
        } else {
            var relation = Relation(party: party, payer: payer)
            relation.countPosted()
            guard relations.insert(relation) else { return removeIfUnused(party: party) }
        }
        if isFirst { parties.change(party).pointee.holds += 1 }
    }
}
