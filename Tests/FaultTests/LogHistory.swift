import EventLog
import Ledger
import PostgreSQL

/// What the log itself says of every transfer: what befell it, and what was decided.
struct LogHistory {
    /// One transfer's events, in order, and the decisions recorded with them.
    struct Story {
        var events: [Event] = []
        var decisions: [Decision] = []

        var kind: TransferKind { events.first?.transferKind ?? .none }
        var state: TransferState { events.last?.state ?? .none }
        /// What followed the reservation: the first answer.
        var outcome: Event? { events.count > 1 ? events[1] : nil }
        /// How often the engine's word was recorded.
        var engineDecisions: [Decision] { decisions.filter { $0.action != .notEvaluated } }
        var policyDecisions: [Decision] { decisions.filter { $0.action == .notEvaluated } }
        /// Whether a client asked for it, so that the engine is asked about it.
        var isAsked: Bool { kind == .payment || kind == .authorization }
    }

    private(set) var stories: [TransferID: Story] = [:]
    /// The least that a payer could ever spend, without its limit, in minor units.
    private(set) var leastAvailable: [AccountID: Int64] = [:]
    private var last = EventLog.Sequence.zero

    /// Payments and authorizations.
    var asked: [Story] { stories.values.filter(\.isAsked) }
    func story(_ id: String) -> Story? { TransferID(id).flatMap { stories[$0] } }

    /// Reads what was committed since it was last read.
    mutating func read(_ connection: inout Connection) throws {
        while true {
            let batches = try LogReader.batches(after: last, limit: 500, &connection)
            guard let end = batches.last?.lastSequence else { return }
            for stored in batches { add(try EventBatch(encoded: stored.payload)) }
            last = end
        }
    }

    private mutating func add(_ batch: EventBatch) {
        for index in 0..<batch.count {
            let event = batch.event(at: index)
            guard event.transfer != .none else { continue }
            if event.transferKind == .payment || event.transferKind == .authorization {
                for leg in batch.legs[batch.legRange(of: index)] {
                    leastAvailable[leg.from] = min(
                        leastAvailable[leg.from] ?? leg.fromAvailable, leg.fromAvailable)
                }
            }
            stories[event.transfer, default: Story()].events.append(event)
            if let decision = batch.decisions.value(at: index) {
                stories[event.transfer]?.decisions.append(decision)
            }
        }
    }
}
