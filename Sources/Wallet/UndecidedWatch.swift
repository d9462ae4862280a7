internal import EventLog
internal import Ledger
internal import Synchronization

/// The undecided transfers of the log as far as the tail has come; the sweep asks for those that are due.
final class UndecidedWatch: Sendable {
    private let transfers: Mutex<UndecidedTransfers>

    init(_ transfers: sending UndecidedTransfers) {
        self.transfers = Mutex(transfers)
    }

    func follow(_ batch: EventBatch) {
        transfers.withLock { $0.follow(batch) }
    }

    func due(at moment: Timestamp) -> [TransferID] {
        transfers.withLock { $0.due(at: moment) }
    }
}
