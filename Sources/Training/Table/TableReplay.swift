internal import EventLog
internal import Features

/// Turns transactions into the events that the ledger would have logged, and lets the engine's own
/// features see them: there is no second implementation.
///
/// Each row is a reserve at `occurred_at`; what became of it follows at `outcome_at` and its label
/// at `label_known_at`, both before a transaction of the same instant. Money that came in is not an
/// event of its own: the reserve's leg carries `payer_available`.
public struct TableReplay: ~Copyable {
    private var state = FeatureState()
    private var accounts: [String: AccountID] = [:]
    private var tokens: [String: Token] = [:]
    private var later = EventQueue()
    private var sequence = Sequence.zero
    private var rows: UInt64 = 0

    /// Number of features of a row.
    public static var featureCount: Int { FeatureCatalogue.count }

    /// A replay before its first row.
    public init() {}

    /// Applies one transaction, after everything that became known by then, and writes its features
    /// to `row`.
    public mutating func apply(
        _ transaction: Transaction, into row: UnsafeMutableBufferPointer<Double>
    ) {
        while let event = later.takeDue(by: transaction.occurredAt) { send(event) }
        let payer = account(transaction.payer, transaction)
        let payee = account(transaction.payee, transaction)
        rows += 1
        var reserve = Event(
            kind: .reserved, transferKind: transaction.kind, state: .reserved,
            transfer: TransferID(high: 0, low: rows), payer: payer, payee: payee,
            amount: transaction.amount.minor, currency: transaction.amount.currency.number)
        reserve.recordedAt = transaction.occurredAt
        let leg = transaction.payerAvailable.map {
            Leg(
                from: payer, to: payee, amount: transaction.amount.minor, fromPosted: $0,
                fromReserved: transaction.amount.minor)
        }
        send(reserve, leg: leg, context: context(of: transaction), into: row)
        schedule(after: reserve, transaction)
    }

    private mutating func schedule(after reserve: Event, _ transaction: Transaction) {
        var outcome = reserve
        outcome.kind = transaction.outcome == .posted ? .posted : .voided
        outcome.state = transaction.outcome == .posted ? .posted : .voided
        outcome.recordedAt =
            transaction.outcomeAt == .none ? transaction.occurredAt : transaction.outcomeAt
        later.add(outcome, isLabel: false)
        if transaction.isFraud != nil, transaction.labelKnownAt != .none {
            var label = Event(
                kind: .labelled, transfer: reserve.transfer, payer: reserve.payer,
                payee: reserve.payee)
            label.recordedAt = transaction.labelKnownAt
            later.add(label, isLabel: true)
        }
    }

    private mutating func send(
        _ event: Event, leg: Leg? = nil, context: RiskContext = .empty,
        into row: UnsafeMutableBufferPointer<Double> = UnsafeMutableBufferPointer(
            start: nil, count: 0)
    ) {
        sequence = sequence.advanced(by: 1)
        var event = event
        event.sequence = sequence
        _ = state.apply(event, leg: leg, context: context, into: row)
    }

    private mutating func account(_ name: String, _ transaction: Transaction) -> AccountID {
        if let known = accounts[name] { return known }
        let number = AccountID(Int64(accounts.count + 1))
        accounts[name] = number
        var opened = Event(
            kind: .accountOpened, payer: number, currency: transaction.amount.currency.number)
        opened.recordedAt = transaction.occurredAt
        send(opened)
        return number
    }

    /// Equal identifiers of one kind get equal tokens.
    private mutating func token(_ kind: String, _ identifier: String) -> Token {
        guard !identifier.isEmpty else { return .none }
        let key = kind + identifier
        if let known = tokens[key] { return known }
        let token = Token(UInt64(tokens.count + 1))
        tokens[key] = token
        return token
    }

    private mutating func context(of transaction: Transaction) -> RiskContext {
        RiskContext(
            device: token("d", transaction.device), instrument: token("i", transaction.instrument),
            address: token("a", transaction.address),
            latitude: transaction.place?.latitude ?? 0,
            longitude: transaction.place?.longitude ?? 0, hasPlace: transaction.place != nil,
            merchantCategory: transaction.merchantCategory, initiatedAt: transaction.initiatedAt)
    }
}

/// Events that wait for their time: labels before outcomes of the same instant, then in the order
/// added.
struct EventQueue: Sendable {
    private struct Entry: Sendable {
        var event: Event
        var isLabel: Bool
        var order: Int

        func precedes(_ other: Entry) -> Bool {
            if event.recordedAt != other.event.recordedAt {
                return event.recordedAt < other.event.recordedAt
            }
            return isLabel == other.isLabel ? order < other.order : isLabel
        }
    }

    /// A binary heap: no entry precedes its parent.
    private var heap: [Entry] = []
    private var added = 0

    mutating func add(_ event: Event, isLabel: Bool) {
        heap.append(Entry(event: event, isLabel: isLabel, order: added))
        added += 1
        var child = heap.count - 1
        while child > 0, heap[child].precedes(heap[(child - 1) / 2]) {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    /// The first event, if its time has come.
    mutating func takeDue(by now: Timestamp) -> Event? {
        guard let first = heap.first, !(now < first.event.recordedAt) else { return nil }
        let last = heap.removeLast()
        guard !heap.isEmpty else { return first.event }
        heap[0] = last
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < heap.count && heap[child].precedes(heap[least]) {
                least = child
            }
            guard least != parent else { return first.event }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}
