public import EventLog
public import Features

/// Turns the rows of a table into the events that a ledger would have logged, and lets the engine's own features see
/// them: there is no second implementation.
///
/// An account is opened at its first row. Each row is a reserve at `occurred_at`; what became of it follows at
/// `outcome_at`, its label at `label_known_at`. At one instant labels come first, then outcomes, then transactions in
/// the order of their rows; where the table tells the events' places in a log (`sequence`, `outcome_sequence`,
/// `label_sequence`), they come in that order instead. Money that came in is not an event of its own: the reserve's leg
/// carries `payer_available`.
///
/// A transaction that is not fraud and of which no moment is told when that became known has no label event: like one
/// without a label it is presumed genuine once the label delay has passed, by the features themselves.
public struct TableReplay: ~Copyable {
    private var state: FeatureState
    private var outcomes = EventQueue()
    private var labels = EventQueue()
    private var sequence = Sequence.zero
    private var transactions: UInt64 = 0
    /// By an account's number, whether it was opened.
    private var isOpen: [Bool] = []
    /// Limits that are not zero, by account.
    private var limits: [AccountID: Int64] = [:]
    private let labelDelaySeconds: Int64

    /// Number of features of a row.
    public static var featureCount: Int { FeatureCatalogue.count }

    /// A replay before its first row.
    ///
    /// - Parameters:
    ///   - labelDelaySeconds: when a label of fraud becomes known of which the table does not say so.
    ///   - capacity: that of the engine whose features they are to equal.
    public init(
        labelDelaySeconds: Int64 = TableOptions().labelDelaySeconds,
        capacity: FeatureCapacity = .standard
    ) {
        self.labelDelaySeconds = labelDelaySeconds
        state = FeatureState(capacity: capacity)
    }

    /// Applies one transaction, after everything that became known by then, and writes its features to `row`,
    /// ``featureCount`` doubles. Rows must come in the order of their times.
    public mutating func apply(
        _ transaction: TableRow, into row: UnsafeMutableBufferPointer<Double>
    ) {
        sendDue(by: transaction.occurredAt, transaction.sequence)
        open(transaction.payer, transaction)
        open(transaction.payee, transaction)
        if let limit = transaction.limit { set(limit, transaction) }
        transactions += 1
        var reserve = Event(
            recordedAt: transaction.occurredAt, kind: .reserved, transferKind: transaction.kind,
            state: .reserved, transfer: TransferID(high: 0, low: transactions),
            payer: transaction.payer, payee: transaction.payee, amount: transaction.amount,
            currency: transaction.currency)
        reserve.sequence = nextSequence()
        let leg = transaction.payerAvailable.map {
            Leg(
                from: transaction.payer, to: transaction.payee, amount: transaction.amount,
                fromPosted: $0, fromReserved: transaction.amount)
        }
        _ = state.apply(reserve, leg: leg, context: transaction.context, into: row)
        schedule(after: transaction)
    }

    /// When the label of a row counts as known.
    public static func labelKnown(_ row: TableRow, delaySeconds: Int64) -> Timestamp {
        row.labelKnownAt == .none ? row.occurredAt.adding(seconds: delaySeconds) : row.labelKnownAt
    }

    private mutating func schedule(after row: TableRow) {
        var later = LaterEvent(
            time: row.outcomeAt, matter: .outcome(isPosted: row.outcome == .posted),
            sequence: row.outcomeSequence, transaction: transactions, kind: row.kind,
            payer: row.payer, payee: row.payee, amount: row.amount, currency: row.currency)
        if row.outcome != .pending { outcomes.add(later) }
        guard let isFraud = row.isFraud, isFraud || row.labelKnownAt != .none else { return }
        later.time = Self.labelKnown(row, delaySeconds: labelDelaySeconds)
        later.matter = .label(isFraud ? .fraud : .cleared)
        later.sequence = row.labelSequence
        labels.add(later)
    }

    private mutating func sendDue(by now: Timestamp, _ place: Sequence) {
        while true {
            guard let outcome = outcomes.first else {
                guard let label = labels.takeDue(by: now, place) else { return }
                send(label)
                continue
            }
            let isLabelFirst = labels.first.map { $0.precedes(outcome) } ?? false
            let next =
                isLabelFirst
                ? labels.takeDue(by: now, place) : outcomes.takeDue(by: now, place)
            guard let next else { return }
            send(next)
        }
    }

    /// One event of the past that has no features.
    private mutating func send(_ later: LaterEvent) {
        var event = Event(
            recordedAt: later.time, kind: .labelled, transferKind: later.kind,
            transfer: TransferID(high: 0, low: later.transaction), payer: later.payer,
            payee: later.payee, amount: later.amount, currency: later.currency)
        if case .outcome(let isPosted) = later.matter {
            event.kind = isPosted ? .posted : .voided
            event.state = isPosted ? .posted : .voided
        }
        apply(event)
    }

    private mutating func apply(_ event: Event) {
        var event = event
        event.sequence = nextSequence()
        let none = UnsafeMutableBufferPointer<Double>(start: nil, count: 0)
        _ = state.apply(event, leg: nil, context: .empty, into: none)
    }

    private mutating func nextSequence() -> Sequence {
        sequence = sequence.advanced(by: 1)
        return sequence
    }

    private mutating func open(_ account: AccountID, _ row: TableRow) {
        let number = Int(account.rawValue)
        while isOpen.count <= number { isOpen.append(false) }
        guard !isOpen[number] else { return }
        isOpen[number] = true
        apply(
            Event(
                recordedAt: row.occurredAt, kind: .accountOpened, payer: account,
                currency: row.currency))
    }

    private mutating func set(_ limit: Int64, _ row: TableRow) {
        guard limits[row.payer] ?? 0 != limit else { return }
        limits[row.payer] = limit == 0 ? nil : limit
        apply(
            Event(
                recordedAt: row.occurredAt, kind: .accountLimited, payer: row.payer,
                currency: row.currency))
    }
}
