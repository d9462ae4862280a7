internal import EventLog

/// Finding entities, making those that are new, and forgetting those of which nothing is left.
extension FeatureState {
    /// The payer's number; none if there is no room for a new one.
    @inline(__always)
    mutating func payer(_ account: Int64, currency: UInt16) -> UInt32 {
        if let known = knownPayer(account) { return known }
        let hash = Self.payerHash(account)
        guard let number = payers.insert(Payer(account: account, currency: currency)) else {
            return Slab<Payer>.none
        }
        guard payerIndex.insert(NumberSlot(hash: hash, number: number)) else {
            payers.remove(number)
            return Slab<Payer>.none
        }
        return number
    }

    /// The number of an account that has tried to pay before.
    @inline(__always)
    func knownPayer(_ account: Int64) -> UInt32? {
        let hash = Self.payerHash(account)
        let found = payerIndex.find(hash) {
            $0.hash == hash && payers.read($0.number).pointee.account == account
        }
        return found.map { payerIndex[$0].number }
    }

    @inline(__always)
    static func payerHash(_ account: Int64) -> UInt32 {
        UInt32(truncatingIfNeeded: mixed(UInt64(bitPattern: account)))
    }

    /// The party's number; none for no key, or if there is no room for a new one.
    @inline(__always)
    mutating func party(_ kind: Int, _ key: UInt64, currency: UInt16) -> UInt32 {
        guard key != 0 else { return Slab<Party>.none }
        if let known = knownParty(kind, key) { return known }
        var party = Party(kind: kind, key: key)
        if kind == Party.Kind.payee.rawValue {
            guard let extra = payees.insert(Payee(time: now, currency: currency)) else {
                return Slab<Party>.none
            }
            party.extra = extra
        }
        let hash = Party.hash(kind: kind, key: key)
        if let number = parties.insert(party) {
            if partyIndex.insert(NumberSlot(hash: hash, number: number)) { return number }
            parties.remove(number)
        }
        if kind == Party.Kind.payee.rawValue { payees.remove(party.extra) }
        return Slab<Party>.none
    }

    /// The number of a party that is remembered.
    @inline(__always)
    func knownParty(_ kind: Int, _ key: UInt64) -> UInt32? {
        let hash = Party.hash(kind: kind, key: key)
        let found = partyIndex.find(hash) { slot in
            guard slot.hash == hash else { return false }
            let party = parties.read(slot.number)
            return party.pointee.key == key && party.pointee.kind == kind
        }
        return found.map { partyIndex[$0].number }
    }

    /// Forgets a party that no attempt in the ring names and no posted payment knows.
    mutating func removeIfUnused(party number: UInt32) {
        let party = parties[number]
        guard !party.isHeld, party.references == 0 else { return }
        let hash = Party.hash(kind: party.kind, key: party.key)
        if let position = partyIndex.find(hash, { $0.hash == hash && $0.number == number }) {
            partyIndex.remove(position)
        }
        if party.kind == Party.Kind.payee.rawValue { payees.remove(party.extra) }
        if party.hasFraud { forgetFraud(party: number) }
        parties.remove(number)
    }

    /// The number of a combination, one more attempt of which is about to enter the ring; nil if there is no room.
    @inline(__always)
    mutating func enter(_ combination: Means) -> UInt32? {
        let hash = combination.hash
        let found = meansIndex.find(hash) {
            $0.hash == hash && means.read($0.number).pointee.isSame(combination)
        }
        if let found {
            let number = meansIndex[found].number
            means.change(number).pointee.references += 1
            return number
        }
        var combination = combination
        combination.references = 1
        guard let number = means.insert(combination) else { return nil }
        guard meansIndex.insert(NumberSlot(hash: hash, number: number)) else {
            means.remove(number)
            return nil
        }
        return number
    }

    /// An attempt with this combination left the ring.
    mutating func leave(means number: UInt32) {
        let record = means.change(number)
        record.pointee.references -= 1
        guard record.pointee.references == 0 else { return }
        let hash = record.pointee.hash
        if let position = meansIndex.find(hash, { $0.hash == hash && $0.number == number }) {
            meansIndex.remove(position)
        }
        means.remove(number)
    }

    /// Days since 1970.
    @inline(__always)
    var today: UInt16 { UInt16(clamping: now / TimeOfDay.dayMicros) }

    /// The payer's record of trouble, made if there is none yet; nil if there is no room.
    mutating func trouble(of payer: UInt32) -> UnsafeMutablePointer<PayerTrouble>? {
        let known = payers.read(payer).pointee.trouble
        if known != Slab<PayerTrouble>.none { return troubles.change(known) }
        guard let number = troubles.insert(PayerTrouble()) else { return nil }
        payers.change(payer).pointee.trouble = number
        return troubles.change(number)
    }
}
