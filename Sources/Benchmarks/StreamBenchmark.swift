internal import EventLog
internal import Foundation
internal import Histogram
internal import Logging
internal import PostingStream
internal import Synchronization

/// The stream beside bare libzmq, with sockets of the same kinds and messages of the same sizes: round trips from a
/// publication to its answer, and events a second.
public struct StreamBenchmark: Sendable {
    /// Length of the whole run, in seconds: a quarter of it for each of the four measurements; from 20 on it
    /// counts as full.
    public var seconds = 20
    /// Events in a batch where throughput is measured; round trips are measured with one.
    public var eventsPerBatch = 200

    /// A run of 20 s with batches of 200.
    public init() {}

    /// Measures the bare sockets first, then the stream. Calls block; `progress` is told each step.
    /// Throws what ZeroMQ or the stream fails with.
    public func run(progress: @Sendable (String) -> Void) throws -> BenchmarkReport {
        progress("bare libzmq: round trips")
        let single = try Self.stored(firstSequence: 1, count: 1)
        let bare = try BareSockets(
            message: StreamMessage.batch(single, session: .max),
            answer: StreamMessage.decision(
                Self.decision(on: try EventBatch(encoded: single.payload)), session: .max)
        ).roundTrips(seconds: Double(seconds) / 4)
        progress("bare libzmq: throughput")
        let large = try Self.stored(firstSequence: 1, count: eventsPerBatch)
        let bareMessages = try BareSockets(
            message: StreamMessage.batch(large, session: .max), answer: nil
        ).messagesPerSecond(seconds: Double(seconds) / 4)
        progress("stream: round trips")
        let trips = try StreamRun(eventsPerBatch: 1).roundTrips(seconds: Double(seconds) / 4)
        progress("stream: throughput")
        let events = try StreamRun(eventsPerBatch: eventsPerBatch).eventsPerSecond(
            seconds: Double(seconds) / 4)
        var report = BenchmarkReport(name: "stream")
        report.add("seconds", Double(seconds), decimals: 0)
        report.add("full_length", seconds >= 20)
        report.add("per_second", events, decimals: 0)
        report.add("batches_per_second", events / Double(eventsPerBatch), decimals: 0)
        report.add("p50_ms", Double(trips.valueAtPercentile(50)) / 1_000, decimals: 3)
        report.add("p99_ms", Double(trips.valueAtPercentile(99)) / 1_000, decimals: 3)
        report.add("libzmq_messages_per_second", bareMessages, decimals: 0)
        report.add("libzmq_p50_ms", Double(bare.valueAtPercentile(50)) / 1_000, decimals: 3)
        report.add("libzmq_p99_ms", Double(bare.valueAtPercentile(99)) / 1_000, decimals: 3)
        report.add("ratio_to_libzmq", events / Double(eventsPerBatch) / bareMessages, decimals: 3)
        report.add(
            "round_trip_ratio_to_libzmq",
            Double(trips.valueAtPercentile(50)) / Double(max(1, bare.valueAtPercentile(50))))
        return report
    }

    /// A batch as the log has it, but for its hash.
    static func stored(firstSequence: Int64, count: Int) throws -> StoredBatch {
        let batch = batch(firstSequence: Sequence(firstSequence), count: count)
        return StoredBatch(
            firstSequence: batch.firstSequence, lastSequence: batch.lastSequence,
            payload: try batch.encoded(), runningHash: .start, contexts: RiskContexts())
    }

    /// What an engine says of a batch's first event.
    static func decision(on events: EventBatch) -> TransferDecision {
        TransferDecision(
            transfer: events.event(at: 0).transfer,
            decision: Decision(
                action: .approve, scoreBits: 0, featureDigest: 0, sequence: events.firstSequence,
                epoch: 1, elapsedMicros: 0), detail: nil)
    }

    private static func batch(firstSequence: Sequence, count: Int) -> EventBatch {
        var batch = EventBatch(
            firstSequence: firstSequence, recordedAt: Timestamp(1_700_000_000_000_000))
        for index in 0..<count {
            let payer = AccountID(Int64(index) + 1)
            batch.append(
                Event(
                    kind: .reserved, transferKind: .payment, state: .reserved,
                    transfer: TransferID(
                        high: UInt64(firstSequence.rawValue), low: UInt64(index) + 1),
                    payer: payer, payee: AccountID(999_999), amount: 1_000, currency: 840),
                legs: [
                    Leg(
                        from: payer, to: AccountID(999_999), amount: 1_000, fromPosted: 100_000,
                        fromReserved: 1_000)
                ])
        }
        return batch
    }
}

/// A publisher and a subscriber of ours, without a ledger behind them.
private final class StreamRun: StreamFollower, @unchecked Sendable {
    private struct EmptyLog: LogSource {
        let onDecided: @Sendable () -> Void
        func head() async throws -> (logID: TransferID, sequence: Sequence) {
            (TransferID(high: 1, low: 1), .zero)
        }
        func runningHash(at sequence: Sequence) async throws -> RunningHash? { .start }
        func boundary(atOrBefore sequence: Sequence) async throws -> Sequence { .zero }
        func batches(after sequence: Sequence, limit: Int) async throws -> [StoredBatch] { [] }
        func activate(_ engine: EngineDetail) async throws -> UInt32 { 1 }
        func decided(_ decisions: [TransferDecision]) { onDecided() }
        func heard(live: Bool) {}
    }
    private let address = "ipc:///tmp/holdfast-bench-stream-\(getpid())"
    private let eventsPerBatch: Int
    private let logger = {
        var logger = Logger(label: "bench")
        logger.logLevel = .error
        return logger
    }()
    private let opened = DispatchSemaphore(value: 0)
    private let answered = DispatchSemaphore(value: 0)
    private let received = Atomic<Int>(0)
    private let answers = Atomic<Bool>(false)

    init(eventsPerBatch: Int) { self.eventsPerBatch = eventsPerBatch }

    // MARK: - The subscriber, on its thread

    var isLive: Bool { true }
    func hello() -> Hello {
        let hash = [UInt8](repeating: 0, count: 32)
        let detail = EngineDetail(
            epoch: 0, build: "bench", catalogueHash: hash, modelHash: hash, rulesHash: [],
            fingerprint: "")
        return Hello(role: .engine(detail), logID: .none, sequence: .zero, runningHash: .start)
    }
    func welcome(_ welcome: Welcome) { opened.signal() }
    func reset(_ detail: String) {}
    func idle() -> [TransferDecision] { [] }
    func receive(_ batch: StoredBatch) throws -> [TransferDecision] {
        let events = try EventBatch(encoded: batch.payload)
        received.add(events.count, ordering: .relaxed)
        guard answers.load(ordering: .relaxed) else { return [] }
        return [StreamBenchmark.decision(on: events)]
    }

    // MARK: - Measuring

    private func withStream<Result>(_ body: (Publisher) throws -> Result) throws -> Result {
        let publisher = try Publisher(
            StreamEndpoint(address: address), source: EmptyLog { [self] in answered.signal() },
            logger: logger)
        let subscriber = Subscriber(address: address, logger: logger)
        let thread = Thread { [self] in try? subscriber.run(self) }
        thread.stackSize = 4 << 20
        thread.start()
        opened.wait()
        defer {
            subscriber.stop()
            publisher.stop()
        }
        return try body(publisher)
    }

    func roundTrips(seconds: Double) throws -> Histogram<UInt32> {
        answers.store(true, ordering: .relaxed)
        var histogram = Histogram<UInt32>(
            highestTrackableValue: 10_000_000, numberOfSignificantValueDigits: .three)
        return try withStream { publisher in
            var sequence: Int64 = 1
            let end = ContinuousClock.now + .seconds(seconds)
            while ContinuousClock.now < end {
                let batch = try StreamBenchmark.stored(
                    firstSequence: sequence, count: eventsPerBatch)
                let begin = ContinuousClock.now
                publisher.publish(batch)
                answered.wait()
                _ = histogram.record(UInt64((ContinuousClock.now - begin).seconds * 1e6))
                sequence += Int64(eventsPerBatch)
            }
            return histogram
        }
    }

    func eventsPerSecond(seconds: Double) throws -> Double {
        var batches: [StoredBatch] = []
        let template = try StreamBenchmark.stored(firstSequence: 1, count: eventsPerBatch)
        var sequence: Int64 = 1
        for _ in 0..<200_000 {
            var batch = template
            batch.firstSequence = Sequence(sequence)
            batch.lastSequence = Sequence(sequence + Int64(eventsPerBatch) - 1)
            batches.append(batch)
            sequence += Int64(eventsPerBatch)
        }
        return try withStream { publisher in
            let begin = ContinuousClock.now
            let end = begin + .seconds(seconds)
            var published = 0
            while ContinuousClock.now < end, published < batches.count {
                // Not further ahead than the publisher keeps in memory: there is no log behind it here.
                if published - received.load(ordering: .relaxed) / eventsPerBatch < 200 {
                    publisher.publish(batches[published])
                    published += 1
                } else {
                    usleep(50)
                }
            }
            return Double(received.load(ordering: .relaxed)) / (ContinuousClock.now - begin).seconds
        }
    }
}
