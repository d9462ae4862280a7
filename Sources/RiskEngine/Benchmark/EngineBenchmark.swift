internal import EventLog
internal import Glibc
public import Scoring

/// Measures the engine on one thread: decoding, features and scores of a log in memory, snapshots and starts.
public struct EngineBenchmark {
    /// The model that is scored with.
    public var model: RiskModel
    /// Capacity and limits of the engine.
    public var configuration = EngineConfiguration(build: "bench", logID: "bench")
    /// Where a snapshot is written while it is measured.
    public var snapshotPath: String
    /// How many of the last events the start has to replay.
    public var snapshotAgeEvents = 200_000

    /// A benchmark with a model and a place for snapshots.
    public init(model: RiskModel, snapshotPath: String) {
        self.model = model
        self.snapshotPath = snapshotPath
    }

    /// Measures everything on `workload`.
    public func run(_ workload: BenchmarkWorkload) throws(BenchmarkFailure) -> BenchmarkReport {
        var report = BenchmarkReport()
        try measureThroughput(workload, &report)
        try measureReplay(workload, &report)
        let cut = try measureSnapshot(workload, &report)
        try measureStart(workload, from: cut, &report)
        return report
    }

    private func makeEngine() throws(BenchmarkFailure) -> Engine {
        do { return try Engine(model: model, configuration: configuration) } catch {
            throw .engine(error)
        }
    }

    private func goLive(_ engine: inout Engine) throws(BenchmarkFailure) {
        do { try engine.goLive(epoch: 1) } catch { throw .engine(error) }
    }

    /// Decodes and consumes one batch; returns the seconds that decoding took.
    @discardableResult
    private func step(
        _ engine: inout Engine, _ batch: BenchmarkWorkload.Batch,
        _ onDecision: (TransferDecision) -> Void
    ) throws(BenchmarkFailure) -> Double {
        let start = ContinuousClock.now
        let events: EventBatch
        let contexts: RiskContexts
        do {
            events = try EventBatch(encoded: batch.payload)
            contexts = try RiskContexts(encoded: batch.contexts)
        } catch { throw .wire(error) }
        let decoded = ContinuousClock.now
        do {
            try engine.consume(events, contexts: contexts, hash: batch.hash, onDecision: onDecision)
        } catch { throw .engine(error) }
        return (decoded - start).seconds
    }

    private func measureThroughput(_ workload: BenchmarkWorkload, _ report: inout BenchmarkReport)
        throws(BenchmarkFailure)
    {
        var engine = try makeEngine()
        try goLive(&engine)
        var (scored, others) = (0, 0)
        var times: [Double] = []
        times.reserveCapacity(workload.batches.count)
        let start = ContinuousClock.now
        let cpuStart = Self.cpuSeconds()
        for batch in workload.batches {
            let began = ContinuousClock.now
            report.decodeSeconds += try step(&engine, batch) { decided in
                scored += 1
                if decided.decision.action != .approve { others += 1 }
            }
            times.append((ContinuousClock.now - began).seconds)
        }
        report.totalSeconds = (ContinuousClock.now - start).seconds
        report.cpuSeconds = Self.cpuSeconds() - cpuStart
        times.sort()
        report.events = workload.eventCount
        report.scored = scored
        report.eventsPerSecond = Double(workload.eventCount) / report.totalSeconds
        report.scoredPerSecond = Double(scored) / report.totalSeconds
        report.batchP50Micros = times[times.count / 2] * 1e6
        report.batchP99Micros = times[times.count * 99 / 100] * 1e6
        report.longestBatchMillis = (times.last ?? 0) * 1e3
        report.notApprovedShare = Double(others) / Double(max(1, scored))
    }

    /// Of this thread.
    private static func cpuSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    private func measureReplay(_ workload: BenchmarkWorkload, _ report: inout BenchmarkReport)
        throws(BenchmarkFailure)
    {
        var engine = try makeEngine()
        let start = ContinuousClock.now
        for batch in workload.batches { try step(&engine, batch) { _ in } }
        try goLive(&engine)
        engine.pendingDecisions { _ in }
        report.fullReplaySeconds = (ContinuousClock.now - start).seconds
    }

    /// Takes a snapshot beside live batches; returns the position of the first batch after it.
    private func measureSnapshot(_ workload: BenchmarkWorkload, _ report: inout BenchmarkReport)
        throws(BenchmarkFailure) -> Int
    {
        var engine = try makeEngine()
        let perBatch = max(1, workload.eventCount / workload.batches.count)
        let cut = max(1, workload.batches.count - snapshotAgeEvents / perBatch)
        for batch in workload.batches[..<cut] { try step(&engine, batch) { _ in } }
        try goLive(&engine)
        report.snapshotAgeEvents = workload.eventCount - Int(engine.sequence.rawValue)
        var remaining = workload.batches[cut...]
        let start = ContinuousClock.now
        do { try engine.beginSnapshot(path: snapshotPath) } catch { throw .snapshot(error) }
        report.longestSliceMillis = (ContinuousClock.now - start).seconds * 1e3
        var previous = start
        while true {
            if let batch = remaining.popFirst() {
                try step(&engine, batch) { _ in }
                let decided = ContinuousClock.now
                report.longestStallMillis = max(
                    report.longestStallMillis, (decided - previous).seconds * 1e3)
                previous = decided
            }
            let began = ContinuousClock.now
            let progress = engine.continueSnapshot()
            let ended = ContinuousClock.now
            report.longestSliceMillis = max(
                report.longestSliceMillis, (ended - began).seconds * 1e3)
            if case .failed(let error) = progress { throw .snapshot(error) }
            if case .done = progress {
                report.snapshotSeconds = (ended - start).seconds
                return cut
            }
        }
    }

    private func measureStart(
        _ workload: BenchmarkWorkload, from cut: Int, _ report: inout BenchmarkReport
    ) throws(BenchmarkFailure) {
        let start = ContinuousClock.now
        var engine: Engine
        do {
            engine = try Engine.restore(
                path: snapshotPath, model: model, configuration: configuration)
        } catch { throw .snapshot(error) }
        report.loadSeconds = (ContinuousClock.now - start).seconds
        for batch in workload.batches[cut...] { try step(&engine, batch) { _ in } }
        try goLive(&engine)
        engine.pendingDecisions { _ in }
        report.snapshotStartSeconds = (ContinuousClock.now - start).seconds
    }
}

extension Duration {
    fileprivate var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }
}
