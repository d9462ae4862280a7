import Cryptography
import EventLog
import Testing
import SplitMix

@testable import PostingStream

/// A log whose batches hold nothing but their place.
struct SampleLog {
    private(set) var batches: [StoredBatch] = []

    var head: EventLog.Sequence { batches.last?.lastSequence ?? .zero }
    var hash: RunningHash { batches.last?.runningHash ?? .start }

    @discardableResult
    mutating func append(events: Int, bytes: Int = 8) -> StoredBatch {
        let first = head.advanced(by: 1)
        let payload = [UInt8](repeating: UInt8(truncatingIfNeeded: first.rawValue), count: bytes)
        let batch = StoredBatch(
            firstSequence: first, lastSequence: first.advanced(by: events - 1), payload: payload,
            runningHash: hash.adding(payload: payload), contexts: RiskContexts())
        batches.append(batch)
        return batch
    }

    func batches(after sequence: EventLog.Sequence, limit: Int) -> [StoredBatch] {
        Array(batches.drop { $0.firstSequence <= sequence }.prefix(limit))
    }

    func boundary(atOrBefore sequence: EventLog.Sequence) -> EventLog.Sequence {
        batches.last { $0.lastSequence <= sequence }?.lastSequence ?? .zero
    }

    func runningHash(at sequence: EventLog.Sequence) -> RunningHash? {
        batches.first { $0.lastSequence == sequence }?.runningHash
    }
}

extension Hello {
    static func reader(
        after sequence: Int64 = 0, events: Int = 100, batches: Int = 10
    ) -> Hello {
        Hello(
            role: .reader, logID: .none, sequence: EventLog.Sequence(sequence), runningHash: .start,
            eventCredit: events, batchCredit: batches)
    }

    static func engine(
        after sequence: EventLog.Sequence = .zero, logID: TransferID = .none,
        hash: RunningHash = .start, events: Int = 100, batches: Int = 10, epoch: UInt32 = 0
    ) -> Hello {
        Hello(
            role: .engine(
                EngineDetail(
                    epoch: epoch, build: "test", catalogueHash: [UInt8](repeating: 1, count: 32),
                    modelHash: [UInt8](repeating: 2, count: 32), rulesHash: [],
                    fingerprint: "test")),
            logID: logID, sequence: sequence, runningHash: hash, eventCredit: events,
            batchCredit: batches)
    }
}

extension SplitMix64 {
    mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }
}
