/// The events of one ledger commit, in columns: event i has sequence `firstSequence + i`, and all have one
/// `recordedAt`. What is rare is kept sparsely, by event index, in ascending order.
public struct EventBatch: Sendable, Equatable {
    /// Sequence of the first event.
    public internal(set) var firstSequence: Sequence
    /// When the batch was committed, by the database's clock.
    public internal(set) var recordedAt: Timestamp

    var kind: [UInt8] = []
    var cause: [UInt8] = []
    var transferKind: [UInt8] = []
    var state: [UInt8] = []
    var onExpiry: [UInt8] = []
    var transferHigh: [UInt64] = []
    var transferLow: [UInt64] = []
    var payer: [Int64] = []
    var payee: [Int64] = []
    var amount: [Int64] = []
    var currency: [UInt32] = []
    var decideBy: [Int64] = []
    var expiresAt: [Int64] = []
    /// Where the legs of event i begin; one more entry than there are events.
    var legStart: [Int32] = [0]
    /// All legs, event by event.
    public internal(set) var legs: [Leg] = []

    /// Events that came with a decision, ascending.
    public internal(set) var decisions: [Indexed<Decision>] = []
    /// Detail of those decisions of which any is kept, ascending.
    public internal(set) var decisionDetails: [Indexed<DecisionDetail>] = []
    /// The transfer an event refers back to: what a refund refunds.
    public internal(set) var related: [Indexed<TransferID>] = []
    /// States of accounts after the events that opened or changed them, ascending.
    public internal(set) var accounts: [Indexed<AccountDetail>] = []
    /// Engines that began to decide, ascending.
    public internal(set) var engines: [Indexed<EngineDetail>] = []
    /// What was found out of transfers later, ascending.
    public internal(set) var labels: [Indexed<TransferLabel>] = []
    /// Policies that came into force, ascending.
    public internal(set) var policies: [Indexed<PolicyDetail>] = []
    /// Changes of lists, ascending.
    public internal(set) var listEntries: [Indexed<ListEntry>] = []

    /// A value of one event, by the event's index in the batch.
    public struct Indexed<Value: Sendable & Equatable>: Sendable, Equatable {
        /// The event's place in the batch, from 0.
        public var index: Int
        /// What belongs to it.
        public var value: Value
        /// A value of the event at `index`.
        public init(index: Int, value: Value) {
            self.index = index
            self.value = value
        }
    }

    /// An empty batch whose first event will have `firstSequence`.
    public init(firstSequence: Sequence, recordedAt: Timestamp) {
        self.firstSequence = firstSequence
        self.recordedAt = recordedAt
    }

    /// Number of events.
    public var count: Int { kind.count }
    /// Whether there is no event.
    public var isEmpty: Bool { kind.isEmpty }
    /// Sequence of the last event; `firstSequence - 1` if the batch is empty.
    public var lastSequence: Sequence { firstSequence.advanced(by: count - 1) }

    /// The fixed-size part of event `index`. Allocates nothing.
    public func event(at index: Int) -> Event {
        // Unknown bytes were refused when the batch was read; the defaults are unreachable.
        Event(
            sequence: firstSequence.advanced(by: index), recordedAt: recordedAt,
            kind: EventKind(rawValue: kind[index]) ?? .decided,
            cause: EventCause(rawValue: cause[index]) ?? .request,
            transferKind: TransferKind(rawValue: transferKind[index]) ?? .none,
            state: TransferState(rawValue: state[index]) ?? .none,
            transfer: TransferID(high: transferHigh[index], low: transferLow[index]),
            payer: AccountID(payer[index]), payee: AccountID(payee[index]),
            amount: amount[index], currency: UInt16(truncatingIfNeeded: currency[index]),
            decideBy: Timestamp(decideBy[index]), expiresAt: Timestamp(expiresAt[index]),
            onExpiry: ExpiryAction(rawValue: onExpiry[index]) ?? .none)
    }

    /// The payer of event `index`; for account events, the account.
    public func payer(at index: Int) -> AccountID { AccountID(payer[index]) }

    /// Whether an event says that risk contexts were erased.
    public var erases: Bool { kind.contains(EventKind.erased.rawValue) }

    /// The last event that wants the engine's state made anew; nil if none does.
    public var rebase: Sequence? {
        kind.lastIndex(of: EventKind.rebased.rawValue).map { firstSequence.advanced(by: $0) }
    }

    /// The transfer of event `index`.
    public func transfer(at index: Int) -> TransferID {
        TransferID(high: transferHigh[index], low: transferLow[index])
    }

    /// Where the legs of event `index` stand in ``legs``; the first is the principal's.
    public func legRange(of index: Int) -> Range<Int> {
        Int(legStart[index])..<Int(legStart[index + 1])
    }

    /// Adds an event; its sequence and `recordedAt` are the batch's to give. Returns its index.
    @discardableResult
    public mutating func append(
        _ event: Event, legs: some Collection<Leg>, decision: Decision? = nil,
        detail: DecisionDetail? = nil,
        related: TransferID? = nil, account: AccountDetail? = nil, engine: EngineDetail? = nil,
        label: TransferLabel? = nil, policy: PolicyDetail? = nil, listEntry: ListEntry? = nil
    ) -> Int {
        let index = count
        kind.append(event.kind.rawValue)
        cause.append(event.cause.rawValue)
        transferKind.append(event.transferKind.rawValue)
        state.append(event.state.rawValue)
        onExpiry.append(event.onExpiry.rawValue)
        transferHigh.append(event.transfer.high)
        transferLow.append(event.transfer.low)
        payer.append(event.payer.rawValue)
        payee.append(event.payee.rawValue)
        amount.append(event.amount)
        currency.append(UInt32(event.currency))
        decideBy.append(event.decideBy.rawValue)
        expiresAt.append(event.expiresAt.rawValue)
        self.legs.append(contentsOf: legs)
        legStart.append(Int32(self.legs.count))
        if let decision { decisions.append(Indexed(index: index, value: decision)) }
        if let detail { decisionDetails.append(Indexed(index: index, value: detail)) }
        if let related { self.related.append(Indexed(index: index, value: related)) }
        if let account { accounts.append(Indexed(index: index, value: account)) }
        if let engine { engines.append(Indexed(index: index, value: engine)) }
        if let label { labels.append(Indexed(index: index, value: label)) }
        if let policy { policies.append(Indexed(index: index, value: policy)) }
        if let listEntry { listEntries.append(Indexed(index: index, value: listEntry)) }
        return index
    }
}

extension Array {
    /// The value of event `index` in a sparse column, found by binary search.
    public func value<Value>(at index: Int) -> Value? where Element == EventBatch.Indexed<Value> {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if self[middle].index < index { low = middle + 1 } else { high = middle }
        }
        return low < count && self[low].index == index ? self[low].value : nil
    }
}
