public import EventLog

/// Keys and numbers of the events that come next.
struct Lookahead: ~Copyable {
    /// What an event will look for.
    struct Item {
        var isReserve = false
        var payerHash: UInt32 = 0
        var pendingHash: UInt32 = 0
        var pending = Slab<PendingTransfer>.none
        /// By `Party.Kind`; 0 for none.
        var partyHashes = InlineArray<5, UInt32>(repeating: 0)
        var category: UInt16 = 0
        var payer = Slab<Payer>.none
        var parties = InlineArray<5, UInt32>(repeating: Slab<Party>.none)
    }

    var items: [Item] = []

    init() { items.reserveCapacity(FeatureState.lookaheadEvents) }
}

/// An event touches dozens of records far apart, most of which are in no cache: one look-up after another, that is a
/// wait each. So the records of a group of events are asked for together before the first of them is applied, in rounds
/// of which each follows the pointers that the one before has brought (group prefetching: Chen, Ailamaki, Gibbons,
/// Mowry: Improving Hash Join Performance through Prefetching, 2004). Nothing here changes anything; what is guessed
/// wrong costs time alone.
extension FeatureState {
    /// Events that are looked ahead to at once: few enough that what they touch fits into the second-level cache.
    public static var lookaheadEvents: Int { 16 }

    /// Has the memory fetched that some events of a batch will touch, which must be applied next.
    ///
    /// - Parameters:
    ///   - contexts: the risk contexts of the batch's reserves.
    ///   - range: of the events in the batch, at most ``lookaheadEvents``.
    public mutating func lookAhead(
        _ batch: EventBatch, _ contexts: RiskContexts, _ range: Range<Int>
    ) {
        for index in range {
            let event = batch.event(at: index)
            let isReserve = event.kind == .reserved
            expect(event, context: isReserve ? contexts.context(at: index) : .empty)
        }
        fetchExpected()
    }

    /// Notes an event that is going to be applied soon, and asks for the buckets that it will look into.
    @inline(__always)
    public mutating func expect(_ event: Event, context: RiskContext) {
        guard event.transferKind == .payment || event.transferKind == .authorization else { return }
        var item = Lookahead.Item()
        item.pendingHash = PendingTransfer.hash(high: event.transfer.high, low: event.transfer.low)
        pendingIndex.prefetch(item.pendingHash)
        if event.kind == .reserved {
            item.isReserve = true
            item.category = context.merchantCategory
            item.payerHash = Self.payerHash(event.payer.rawValue)
            payerIndex.prefetch(item.payerHash)
            expectParty(0, UInt64(bitPattern: event.payee.rawValue), &item)
            expectParty(1, context.device.rawValue, &item)
            expectParty(2, context.instrument.rawValue, &item)
            expectParty(3, context.address.rawValue, &item)
            if context.hasPlace {
                let cell = PlaceCell.cell(
                    latitude: context.latitude, longitude: context.longitude)
                expectParty(4, UInt64(cell) + 1, &item)
            }
            payerIndex.prefetch(Self.payerHash(event.payee.rawValue))
            partyIndex.prefetch(
                Party.hash(kind: 0, key: UInt64(bitPattern: event.payer.rawValue)))
        }
        lookahead.items.append(item)
    }

    @inline(__always)
    private mutating func expectParty(_ kind: Int, _ key: UInt64, _ item: inout Lookahead.Item) {
        guard key != 0 else { return }
        item.partyHashes[kind] = Party.hash(kind: kind, key: key)
        partyIndex.prefetch(item.partyHashes[kind])
    }

    /// Asks for all that the noted events will touch, and forgets them. They must be applied next.
    public mutating func fetchExpected() {
        var reserves = 0
        for index in lookahead.items.indices {
            var item = lookahead.items[index]
            if item.isReserve {
                fetchRecords(&item)
                reserves += 1
            } else if let number = pendingIndex.likely(item.pendingHash) {
                item.pending = number
                pending.prefetch(number)
            }
            lookahead.items[index] = item
        }
        fetchPassing(reserves)
        for index in lookahead.items.indices {
            let item = lookahead.items[index]
            if item.isReserve { fetchRelations(item) } else { fetchSettled(item) }
        }
        for index in lookahead.items.indices {
            let item = lookahead.items[index]
            if item.isReserve { fetchLast(item) } else { fetchPosted(item) }
        }
        lookahead.items.removeAll(keepingCapacity: true)
    }

    // MARK: - Reserves

    @inline(__always)
    private mutating func fetchRecords(_ item: inout Lookahead.Item) {
        if let number = payerIndex.likely(item.payerHash) {
            item.payer = number
            payers.prefetch(number)
            if item.category != 0 {
                payerCategories.prefetch(
                    PayerCategory.hash(payer: number, category: item.category))
            }
        }
        for kind in 0..<5 where item.partyHashes[kind] != 0 {
            guard let number = partyIndex.likely(item.partyHashes[kind]) else { continue }
            item.parties[kind] = number
            parties.prefetch(number)
            if kind == 0, item.payer != Slab<Payer>.none {
                let hash = Relation.hash(party: number, payer: item.payer)
                relations.prefetch(hash)
                pairDayIndex.prefetch(hash)
            }
        }
        if item.payer != Slab<Payer>.none {
            meansIndex.prefetch(combination(item).hash)
        }
    }

    @inline(__always)
    private mutating func combination(_ item: Lookahead.Item) -> Means {
        Means(
            payer: item.payer, device: item.parties[1], instrument: item.parties[2],
            address: item.parties[3])
    }

    @inline(__always)
    private mutating func fetchRelations(_ item: Lookahead.Item) {
        guard item.payer != Slab<Payer>.none else { return }
        let payer = payers.read(item.payer)
        for chunk in 0..<2 where payer.pointee.spots[chunk] != Slab<SpotChunk>.none {
            spots.prefetch(payer.pointee.spots[chunk])
        }
        if let number = meansIndex.likely(combination(item).hash) { means.prefetch(number) }
        if item.parties[0] != Slab<Party>.none {
            payees.prefetch(parties.read(item.parties[0]).pointee.extra)
        }
        if item.parties[1] != Slab<Party>.none {
            log.prefetch(parties.read(item.parties[1]).pointee.extra)
        }
        for kind in 0..<4 where item.parties[kind] != Slab<Party>.none {
            let party = parties.read(item.parties[kind])
            if party.pointee.payer == item.payer {
                log.prefetch(party.pointee.tie.last)
            } else if kind == 0 {
                guard let known = tie(item.parties[kind], item.payer) else { continue }
                log.prefetch(known.tie.last)
            } else {
                relations.prefetch(
                    Relation.hash(party: item.parties[kind], payer: item.payer))
            }
        }
    }

    /// The payer's attempt before at the same place.
    @inline(__always)
    private mutating func fetchLast(_ item: Lookahead.Item) {
        guard item.payer != Slab<Payer>.none, item.parties[4] != Slab<Party>.none else { return }
        let cell = UInt32(truncatingIfNeeded: parties.read(item.parties[4]).pointee.key &- 1)
        if let last = lastAttempt(payer: item.payer, cell: cell) { log.prefetch(last) }
    }

    // MARK: - Outcomes

    @inline(__always)
    private mutating func fetchSettled(_ item: Lookahead.Item) {
        guard item.pending != Slab<PendingTransfer>.none else { return }
        let transfer = pending.read(item.pending)
        payers.prefetch(transfer.pointee.payer)
        log.prefetch(UInt32(truncatingIfNeeded: transfer.pointee.attempt))
        partyIndex.prefetch(
            Party.hash(kind: 0, key: UInt64(bitPattern: transfer.pointee.payee)))
        if transfer.pointee.device != 0 {
            partyIndex.prefetch(Party.hash(kind: 1, key: transfer.pointee.device))
        }
        if transfer.pointee.category != 0 {
            payerCategories.prefetch(
                PayerCategory.hash(
                    payer: transfer.pointee.payer, category: transfer.pointee.category))
        }
    }

    @inline(__always)
    private mutating func fetchPosted(_ item: Lookahead.Item) {
        guard item.pending != Slab<PendingTransfer>.none else { return }
        let transfer = pending.read(item.pending)
        let payer = payers.read(transfer.pointee.payer)
        for chunk in 0..<2 where payer.pointee.spots[chunk] != Slab<SpotChunk>.none {
            spots.prefetch(payer.pointee.spots[chunk])
        }
        fetchPosted(0, UInt64(bitPattern: transfer.pointee.payee), transfer.pointee.payer)
        fetchPosted(1, transfer.pointee.device, transfer.pointee.payer)
    }

    @inline(__always)
    private mutating func fetchPosted(_ kind: Int, _ key: UInt64, _ payer: UInt32) {
        guard key != 0, let party = partyIndex.likely(Party.hash(kind: kind, key: key)) else {
            return
        }
        parties.prefetch(party)
        if kind == 0 { relations.prefetch(Relation.hash(party: party, payer: payer)) }
    }

    // MARK: - Attempts growing older

    /// As many attempts will pass each edge as enter the log, on average.
    @inline(__always)
    private mutating func fetchPassing(_ count: Int) {
        var ends = log.cursors
        for edge in 0..<Edge.count {
            let first = log.cursors[edge]
            guard first < log.end, log.dueTimes[edge] &+ log.ages[edge] <= now else { continue }
            ends[edge] = min(first + Int64(count), log.end)
            for number in first..<ends[edge] { means.prefetch(log[number].means) }
        }
        for edge in 0..<Edge.count {
            for number in log.cursors[edge]..<ends[edge] { fetchPassing(log[number], edge) }
        }
    }

    @inline(__always)
    private mutating func fetchPassing(_ activity: Activity, _ edge: Int) {
        let means = self.means.read(activity.means)
        payers.prefetch(means.pointee.payer)
        guard edge >= Edge.hour.rawValue, edge != Edge.fortnight.rawValue,
            edge != Edge.week.rawValue, edge != Edge.maturedDay.rawValue,
            edge != Edge.maturedWeek.rawValue
        else { return }
        for kind in 0..<5 {
            let party = Self.party(kind, activity, means.pointee)
            if party != Slab<Party>.none { parties.prefetch(party) }
        }
        guard activity.payee != Slab<Party>.none else { return }
        let hash = Relation.hash(party: activity.payee, payer: means.pointee.payer)
        if edge < Edge.week.rawValue {
            pairDayIndex.prefetch(hash)
        } else {
            relations.prefetch(hash)
        }
    }
}
