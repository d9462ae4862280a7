internal import EventLog

/// The events that a ledger would have logged of a table's rows: a pure function of the rows so far.
///
/// An account is opened at its first row. Each row is a reserve at `occurred_at`; what became of it follows at
/// `outcome_at`, its label at `label_known_at`. At one instant labels come first, then outcomes, then transactions in
/// the order of their rows; where the table tells the events' places in a log (`sequence`, `outcome_sequence`,
/// `label_sequence`), they come in that order instead. Money that came in is not an event of its own: the reserve's leg
/// carries `payer_available`.
///
/// A transaction that is not fraud and of which no moment is told when that became known has no label event: like one
/// without a label it is presumed genuine once the label delay has passed, by the features themselves.
struct TableEvents: Sendable {
    /// One event with what the log keeps beside it.
    struct Item: Sendable {
        var event: Event
        /// Of reserves whose payer's balance is told.
        var leg: Leg?
        /// Of reserves.
        var context = RiskContext.empty
        /// Of labels.
        var label: TransferLabel?
    }

    private var outcomes = EventQueue()
    private var labels = EventQueue()
    private var sequence = Sequence.zero
    private var transactions: UInt64 = 0
    /// By an account's number, whether it was opened.
    private var isOpen: [Bool] = []
    /// Limits that are not zero, by account.
    private var limits: [AccountID: Int64] = [:]
    private let labelDelaySeconds: Int64

    /// - Parameter labelDelaySeconds: when a label of fraud becomes known of which the table does not say so.
    init(labelDelaySeconds: Int64) { self.labelDelaySeconds = labelDelaySeconds }

    /// Gives the next row's events in order: all that became known before it, then its accounts' if they are new, its
    /// reserve last. Rows must come in the order of their times.
    mutating func add(_ row: TableRow, _ give: (Item) -> Void) {
        sendDue(by: row.occurredAt, row.sequence, give)
        open(row.payer, row, give)
        open(row.payee, row, give)
        if let limit = row.limit { set(limit, row, give) }
        transactions += 1
        let leg = row.payerAvailable.map {
            Leg(
                from: row.payer, to: row.payee, amount: row.amount, fromPosted: $0,
                fromReserved: row.amount)
        }
        send(
            Item(event: Self.reserve(row, transactions), leg: leg, context: row.context), give)
        schedule(after: row)
    }

    /// The reserve of a row that comes soon, without its sequence.
    ///
    /// - Parameter ahead: rows that come before it.
    func reserve(_ row: TableRow, ahead: Int) -> Event {
        Self.reserve(row, transactions + 1 + UInt64(ahead))
    }

    private static func reserve(_ row: TableRow, _ transaction: UInt64) -> Event {
        Event(
            recordedAt: row.occurredAt, kind: .reserved, transferKind: row.kind,
            state: .reserved, transfer: TransferID(high: 0, low: transaction),
            payer: row.payer, payee: row.payee, amount: row.amount, currency: row.currency)
    }

    private mutating func schedule(after row: TableRow) {
        var later = LaterEvent(
            time: row.outcomeAt, matter: .outcome(isPosted: row.outcome == .posted),
            sequence: row.outcomeSequence, transaction: transactions, kind: row.kind,
            payer: row.payer, payee: row.payee, amount: row.amount, currency: row.currency,
            reserve: sequence)
        if row.outcome != .pending { outcomes.add(later) }
        guard let isFraud = row.isFraud, isFraud || row.labelKnownAt != .none else { return }
        later.time = TableReplay.labelKnown(row, delaySeconds: labelDelaySeconds)
        later.matter = .label(isFraud ? .fraud : .cleared)
        later.sequence = row.labelSequence
        labels.add(later)
    }

    private mutating func sendDue(
        by now: Timestamp, _ place: Sequence, _ give: (Item) -> Void
    ) {
        while true {
            let isLabelFirst =
                switch (labels.first, outcomes.first) {
                case (let label?, let outcome?): label.precedes(outcome)
                case (let label, _): label != nil
                }
            let next =
                isLabelFirst
                ? labels.takeDue(by: now, place) : outcomes.takeDue(by: now, place)
            guard let next else { return }
            send(next, give)
        }
    }

    private mutating func send(_ later: LaterEvent, _ give: (Item) -> Void) {
        var item = Item(
            event: Event(
                recordedAt: later.time, kind: .labelled, transferKind: later.kind,
                transfer: TransferID(high: 0, low: later.transaction), payer: later.payer,
                payee: later.payee, amount: later.amount, currency: later.currency))
        switch later.matter {
        case .label(let verdict): item.label = TransferLabel(verdict, of: later.reserve)
        case .outcome(let isPosted):
            item.event.kind = isPosted ? .posted : .voided
            item.event.state = isPosted ? .posted : .voided
        }
        send(item, give)
    }

    private mutating func send(_ item: Item, _ give: (Item) -> Void) {
        sequence = sequence.advanced(by: 1)
        var item = item
        item.event.sequence = sequence
        give(item)
    }

    private mutating func open(_ account: AccountID, _ row: TableRow, _ give: (Item) -> Void) {
        let number = Int(account.rawValue)
        while isOpen.count <= number { isOpen.append(false) }
        guard !isOpen[number] else { return }
        isOpen[number] = true
        send(
            Item(
                event: Event(
                    recordedAt: row.occurredAt, kind: .accountOpened, payer: account,
                    currency: row.currency)), give)
    }

    private mutating func set(_ limit: Int64, _ row: TableRow, _ give: (Item) -> Void) {
        guard limits[row.payer] ?? 0 != limit else { return }
        limits[row.payer] = limit == 0 ? nil : limit
        send(
            Item(
                event: Event(
                    recordedAt: row.occurredAt, kind: .accountLimited, payer: row.payer,
                    currency: row.currency)), give)
    }
}
