internal import EventLog
internal import Foundation
internal import Histogram
internal import NIOCore
internal import Operations
internal import Synchronization

/// The whole path over HTTP: reserve, publish, score, post, answer; open loop, latencies from the moment a request
/// was due, so that a stall is not left out. The rate is raised until payments are no longer decided in time.
public struct AuthorizeBenchmark: Sendable {
    /// Path of the `holdfast` executable: wallet and engine are processes of it.
    public var executable: String
    /// Path of the model file that the engine decides with.
    public var model: String
    /// Length of the sustained run, in seconds; from 120 on it counts as full.
    public var seconds = 120
    /// Accounts that are opened and funded, and among which payers and payees are drawn.
    public var accounts = 20_000
    /// Length of each of pgbench's two runs, in seconds.
    public var pgbenchSeconds = 30
    /// Length of each probe in the search for the rate, in seconds.
    public var probeSeconds = 8
    /// What is measured.
    public enum Question: Sendable {
        /// The highest rate that holds, beside pgbench.
        case highestRate
        /// What access tokens, limits and fees cost: the highest rate with them and without.
        case priced
        /// What payments notice of people who sign in.
        case signIns
    }
    /// What is measured; the highest rate unless told otherwise.
    public var question = Question.highestRate
    /// Only this rate, without searching.
    public var rate: Double?

    /// A run of 120 s that searches for the highest rate which holds, unless told otherwise.
    public init(executable: String, model: String) {
        self.executable = executable
        self.model = model
    }

    /// A rate holds if at least this share of the payments is decided by the engine …
    static let decidedShare = 0.999
    /// … and this is not exceeded, in milliseconds.
    static let p99Milliseconds = 100.0

    /// Measures in a home and a cluster of its own, which are removed afterwards, and tells `progress` each step.
    /// Throws if a process cannot be started or does not become ready, and what the database or HTTP fails with.
    public func run(progress: @escaping @Sendable (String) -> Void) async throws -> BenchmarkReport
    {
        progress("starting cluster, wallet and engine")
        let stack = try await BenchmarkStack.start(
            executable: executable, model: model, tellsCodes: question == .signIns)
        do {
            let report =
                switch question {
                case .highestRate: try await measure(stack, progress)
                case .priced: try await comparePriced(stack, progress)
                case .signIns: try await compareSignIns(stack, progress)
                }
            await stack.stop()
            return report
        } catch {
            await stack.stop()
            throw error
        }
    }

    private func measure(
        _ stack: BenchmarkStack, _ progress: @escaping @Sendable (String) -> Void
    ) async throws -> BenchmarkReport {
        progress("opening \(accounts) accounts over HTTP")
        let load = try await AuthorizeLoad.open(stack, accounts: accounts)
        progress("pgbench: filling scale \(PgBench.scale)")
        let pgbench = try PgBench(stack.cluster)
        progress("pgbench: TPC-B before, \(pgbenchSeconds) s")
        let before = try pgbench.transactionsPerSecond(seconds: pgbenchSeconds)
        try stack.cluster.checkpoint()
        var best = rate ?? 0
        if let rate {
            progress("warming up")
            _ = try await load.run(rate: rate / 2, seconds: 4)
        } else {
            best = try await search(load, from: before, progress)
        }
        var outcome = try await sustained(load, stack, rate: best, progress)
        while rate == nil, !outcome.holds, best > 100 {
            best *= 0.94
            outcome = try await sustained(load, stack, rate: best, progress)
        }
        progress("at half the rate")
        let half = try await load.run(rate: best / 2, seconds: max(10, seconds / 2))
        progress("pgbench: TPC-B after, \(pgbenchSeconds) s")
        let after = try pgbench.transactionsPerSecond(seconds: pgbenchSeconds)
        await load.close()
        return try report(outcome, half, before: before, after: after, rate: best, stack)
    }

    /// The highest rate that holds for a probe, to a few percent.
    func search(
        _ load: AuthorizeLoad, from tps: Double, _ progress: @Sendable (String) -> Void
    ) async throws -> Double {
        var search = RateSearch(from: tps)
        while let rate = search.next {
            search.note(try await probe(load, rate, progress))
        }
        return search.result
    }

    /// Whether a rate holds for a while.
    func probe(
        _ load: AuthorizeLoad, _ rate: Double, restSeconds: Double = 3,
        _ progress: @Sendable (String) -> Void
    ) async throws -> Bool {
        let outcome = try await load.run(rate: rate, seconds: probeSeconds)
        progress(
            String(
                format: "probe %.0f/s: %.2f %% decided, p99 %.1f ms", rate,
                outcome.decided * 100, outcome.p99))
        // A queue that was built up is let run empty.
        try await Task.sleep(for: .seconds(outcome.holds ? 1 : restSeconds))
        return outcome.holds
    }

    /// A run, with the processor time that each process took for a payment.
    func measured(
        _ load: AuthorizeLoad, _ stack: BenchmarkStack, rate: Double, seconds: Int
    ) async throws -> AuthorizeLoad.Outcome {
        let usage = stack.processorSeconds()
        var outcome = try await load.run(rate: rate, seconds: seconds)
        for (name, value) in stack.processorSeconds() {
            outcome.cpuMicros[name] =
                (value - (usage[name] ?? 0)) * 1e6 / Double(max(1, outcome.count))
        }
        return outcome
    }

    private func sustained(
        _ load: AuthorizeLoad, _ stack: BenchmarkStack, rate: Double,
        _ progress: @Sendable (String) -> Void
    ) async throws -> AuthorizeLoad.Outcome {
        progress(String(format: "%.0f payments/s for %d s", rate, seconds))
        // A long run has one behind its middle, whole; what was dirtied before this run, and the page images that follow
        // the checkpoint which cleans that up, are not its burden.
        try stack.cluster.checkpointsEvery(seconds: max(30, seconds * 3 / 4))
        _ = try await load.run(rate: rate, seconds: min(15, seconds / 4))
        let checkpoints = try stack.cluster.timedCheckpoints()
        var outcome = try await measured(load, stack, rate: rate, seconds: seconds)
        outcome.checkpoints = try stack.cluster.timedCheckpoints() - checkpoints
        progress(
            String(
                format: "%.0f/s: %.3f %% decided, p99 %.1f ms", rate, outcome.decided * 100,
                outcome.p99))
        if !outcome.lateSeconds.isEmpty {
            // Where the time goes: a checkpoint, for instance, is seen from its beginning on.
            let worst = outcome.lateSeconds.sorted { $0.payments > $1.payments }.prefix(12)
                .sorted { $0.second < $1.second }
            progress(
                "payments that took over \(Int(Self.p99Milliseconds)) ms, by the second of the run: "
                    + worst.map { "\($0.second): \($0.payments)" }.joined(separator: ", "))
        }
        return outcome
    }

    private func report(
        _ outcome: AuthorizeLoad.Outcome, _ half: AuthorizeLoad.Outcome, before: Double,
        after: Double,
        rate: Double, _ stack: BenchmarkStack
    ) throws -> BenchmarkReport {
        var report = BenchmarkReport(name: "authorize")
        let tps = (before + after) / 2
        report.add("seconds", Double(seconds), decimals: 0)
        report.add("accounts", Double(accounts), decimals: 0)
        report.add("offered_per_second", rate, decimals: 0)
        report.add("per_second", outcome.perSecond, decimals: 0)
        report.add("decided_by_engine_percent", outcome.decided * 100, decimals: 3)
        report.add("p50_ms", outcome.p50)
        report.add("p99_ms", outcome.p99)
        report.add("max_ms", outcome.max)
        report.add("holds", outcome.holds)
        report.add("half_rate_p50_ms", half.p50)
        report.add("half_rate_p99_ms", half.p99)
        report.add("half_rate_decided_percent", half.decided * 100, decimals: 3)
        for (name, micros) in outcome.cpuMicros.sorted(by: { $0.key < $1.key }) {
            report.add("cpu_us_per_payment_\(name)", micros, decimals: 0)
        }
        report.add("pgbench_tps_before", before, decimals: 0)
        report.add("pgbench_tps_after", after, decimals: 0)
        report.add("ratio_to_pgbench", outcome.perSecond / tps)
        for (name, value) in try stack.cluster.durability() { report.add(name, value) }
        report.add("includes_checkpoint", outcome.checkpoints > 0)
        report.add("full_length", seconds >= 120)
        return report
    }
}
