internal import Cryptography
internal import EventLog
internal import Foundation
internal import Histogram
internal import Ledger
internal import Logging
internal import PostgreSQL
internal import Synchronization
internal import SplitMix
internal import Vault

/// Independent callers, each with one one-step transfer under way, against pgbench's TPC-B on the same server.
public struct LedgerBenchmark: Sendable {
    /// Length of the measured run, in seconds, with a checkpoint in its middle; from 60 on it counts as full.
    public var seconds = 60
    /// Callers at once, each of which waits for its transfer's answer before it makes the next.
    public var callers = 256
    /// Accounts that are opened and funded, and among which payers and payees are drawn.
    public var accounts = 1_000_000
    /// Share of transfers that touch one and the same account.
    public var hotShare = 0.0
    /// Length of each of pgbench's two runs, in seconds.
    public var pgbenchSeconds = 30

    /// A run of 60 s with 256 callers and a million accounts, none of them hot.
    public init() {}

    /// Measures on a cluster of its own, which is removed afterwards, between two runs of pgbench, and tells `progress`
    /// each step. Throws if the cluster cannot be made, and any ledger error but a refusal: refusals are counted.
    public func run(progress: @Sendable (String) -> Void) async throws -> BenchmarkReport {
        progress("starting a private cluster")
        let bench = try BenchmarkCluster.start()
        defer { bench.remove() }
        progress("opening \(accounts) accounts")
        try openAccounts(bench.cluster)
        progress("pgbench: filling scale \(PgBench.scale)")
        let pgbench = try PgBench(bench.cluster)
        progress("pgbench: TPC-B before, \(pgbenchSeconds) s")
        let before = try pgbench.transactionsPerSecond(seconds: pgbenchSeconds)
        progress("transfers, \(seconds) s")
        let outcome = try await transfer(bench)
        progress("pgbench: TPC-B after, \(pgbenchSeconds) s")
        let after = try pgbench.transactionsPerSecond(seconds: pgbenchSeconds)
        return try report(outcome, before: before, after: after, bench)
    }

    /// Makes the accounts directly in the tables, each with funds; only for measuring.
    private func openAccounts(_ cluster: PrivateCluster) throws {
        var connection = try Connection(cluster.connection())
        try connection.execute(
            """
            BEGIN;
            INSERT INTO account (id, public_id, owner, owner_token, kind, currency, opened_at)
                SELECT i, gen_random_uuid(), 'bench', i, 1, 840, 0 FROM generate_series(1, \(accounts)) i;
            INSERT INTO entry (account_id, sequence, recorded_at, posted, reserved, overdraft,
                debit_count, debit_sum, transfer_id, kind, cause, account_kind, currency, flags)
                SELECT i, 0, 0, 1000000000, 0, 0, 0, 0, '00000000-0000-0000-0000-000000000000', 0, 0, 1,
                    840, 0 FROM generate_series(1, \(accounts)) i;
            UPDATE ledger_head SET next_account = \(accounts + 1);
            COMMIT;
            """)
        try connection.execute("VACUUM ANALYZE")
        try connection.execute("CHECKPOINT")
    }

    /// What all callers count together.
    private final class Tally: Sendable {
        let histogram = Mutex(
            Histogram<UInt32>(
                highestTrackableValue: 60_000_000, numberOfSignificantValueDigits: .three))
        let refused = Atomic<Int>(0)
    }

    private struct Outcome {
        var count = 0
        var refused = 0
        var elapsed = 0.0
        var histogram: Histogram<UInt32>
        var statistics: GroupCommit.Statistics
        var cpuSeconds: Double
    }

    private func transfer(_ bench: BenchmarkCluster) async throws -> Outcome {
        var logger = Logger(label: "bench")
        logger.logLevel = .error
        let commit = GroupCommit(
            GroupCommit.Configuration(
                connection: bench.cluster.connection(),
                contextKeys: Keyring(current: try MasterKey(bytes: randomBytes(32)))),
            logger: logger
        ) { _ in }
        defer { commit.stop() }
        let start = ContinuousClock.now
        let end = start + .seconds(seconds)
        let cpuStart = processorSeconds()
        let checkpoint = Task.detached {
            try await Task.sleep(until: start + .seconds(seconds) / 2)
            try bench.cluster.checkpoint()
        }
        let tally = Tally()
        let count = try await withThrowingTaskGroup(of: Int.self) { group in
            for caller in 0..<callers {
                group.addTask {
                    try await call(caller, commit, until: end, tally)
                }
            }
            return try await group.reduce(0, +)
        }
        let elapsed = (ContinuousClock.now - start).seconds
        try await checkpoint.value
        return Outcome(
            count: count, refused: tally.refused.load(ordering: .relaxed), elapsed: elapsed,
            histogram: tally.histogram.withLock { $0 }, statistics: commit.statistics,
            cpuSeconds: processorSeconds() - cpuStart)
    }

    private func call(
        _ caller: Int, _ commit: GroupCommit, until end: ContinuousClock.Instant,
        _ tally: Tally
    ) async throws -> Int {
        var random = SplitMix64(seed: UInt64(caller) &+ 1)
        var count = 0
        while true {
            let begin = ContinuousClock.now
            if begin >= end { return count }
            do throws(LedgerError) {
                let key = IdempotencyKey(
                    key: TransferID(high: random.next(), low: random.next()),
                    request: TransferID(high: random.next(), low: random.next()))
                _ = try await commit.submit(.transfer(draw(&random)), key: key)
                count += 1
            } catch {
                guard case .refused = error else { throw error }
                tally.refused.add(1, ordering: .relaxed)
            }
            let micros = UInt64((ContinuousClock.now - begin).seconds * 1e6)
            tally.histogram.withLock { _ = $0.record(micros) }
        }
    }

    private func draw(_ random: inout SplitMix64) -> Command.OpenTransfer {
        let first = Int64.random(in: 2...Int64(accounts), using: &random)
        var second = Int64.random(in: 2...Int64(accounts), using: &random)
        if second == first { second = first == 2 ? 3 : first - 1 }
        if hotShare > 0, Double.random(in: 0..<1, using: &random) < hotShare { second = 1 }
        let milliseconds = Int64(Date().timeIntervalSince1970 * 1000)
        return Command.OpenTransfer(
            id: TransferID(milliseconds: milliseconds, random: &random), kind: .payment,
            currency: 840,
            payer: AccountID(first), payee: AccountID(second),
            amount: Int64.random(in: 1...1000, using: &random),
            mode: .immediate)
    }

    private func report(
        _ outcome: Outcome, before: Double, after: Double, _ bench: BenchmarkCluster
    ) throws -> BenchmarkReport {
        var report = BenchmarkReport(name: "ledger")
        let perSecond = Double(outcome.count) / outcome.elapsed
        let tps = (before + after) / 2
        report.add("seconds", outcome.elapsed, decimals: 1)
        report.add("callers", Double(callers), decimals: 0)
        report.add("accounts", Double(accounts), decimals: 0)
        report.add("hot_share", hotShare)
        report.add("transfers", Double(outcome.count), decimals: 0)
        report.add("refused", Double(outcome.refused), decimals: 0)
        report.add("per_second", perSecond, decimals: 0)
        report.add("p50_ms", Double(outcome.histogram.valueAtPercentile(50)) / 1000)
        report.add("p99_ms", Double(outcome.histogram.valueAtPercentile(99)) / 1000)
        report.add("max_ms", Double(outcome.histogram.max) / 1000)
        report.add(
            "transfers_per_commit",
            Double(outcome.statistics.commands) / Double(max(1, outcome.statistics.commits)),
            decimals: 1)
        report.add(
            "client_cpu_us_per_transfer", outcome.cpuSeconds * 1e6 / Double(max(1, outcome.count)))
        report.add("pgbench_tps_before", before, decimals: 0)
        report.add("pgbench_tps_after", after, decimals: 0)
        report.add("ratio_to_pgbench", perSecond / tps)
        for (name, value) in try bench.cluster.durability() { report.add(name, value) }
        report.add("includes_checkpoint", true)
        report.add("full_length", seconds >= 60)
        return report
    }
}
