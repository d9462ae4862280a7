internal import EventLog

/// Consecutive rows of an export with all that the rest of the log says of them: a bounded number of rows, however long
/// the log is.
struct ExportedPart: Sendable {
    private(set) var rows: [ExportedRow] = []
    private var places: [TransferID: Int] = [:]
    /// How far below zero accounts may go, as far as they may, after the events that were collected.
    private(set) var limits: [AccountID: Int64]
    private let capacity: Int

    /// - Parameters:
    ///   - capacity: rows after which no further batch is collected.
    ///   - limits: those after the part before.
    init(capacity: Int, limits: [AccountID: Int64] = [:]) {
        self.capacity = capacity
        self.limits = limits
    }

    var isFull: Bool { rows.count >= capacity }

    /// Takes a batch's reserves as rows, and what it says of rows that are there.
    mutating func collect(_ batch: EventBatch, _ contexts: RiskContexts) {
        for index in 0..<batch.count {
            let event = batch.event(at: index)
            switch event.kind {
            case .accountOpened, .accountLimited, .accountFrozen:
                guard let account = batch.accounts.value(at: index) else { continue }
                limits[event.payer] = account.overdraft == 0 ? nil : account.overdraft
            case .reserved
            where event.transferKind == .payment || event.transferKind == .authorization:
                let legs = batch.legRange(of: index)
                places[event.transfer] = rows.count
                rows.append(
                    ExportedRow(
                        event, leg: legs.isEmpty ? nil : batch.legs[legs.lowerBound],
                        contexts.context(at: index), limit: limits[event.payer] ?? 0))
            default: follow(event, batch, index)
            }
        }
    }

    /// Takes what a later batch says of rows that are there.
    mutating func follow(_ batch: EventBatch) {
        for index in 0..<batch.count { follow(batch.event(at: index), batch, index) }
    }

    private mutating func follow(_ event: Event, _ batch: EventBatch, _ index: Int) {
        switch event.kind {
        case .posted, .captured, .voided, .labelled:
            guard let place = places[event.transfer] else { return }
            rows[place].follow(
                event,
                verdict: event.kind == .labelled ? batch.labels.value(at: index)?.verdict : nil)
        default: break
        }
    }
}
