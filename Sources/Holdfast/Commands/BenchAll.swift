import ArgumentParser
import Benchmarks
import Foundation
import RiskEngine
import Scoring

struct BenchAuthorize: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "authorize",
        abstract: "Payments over HTTP, decided by the engine, at the highest rate that holds.")

    @OptionGroup var options: BenchOptions
    @Option(help: "Model file.") var model = "Models/default/model.hfm"
    @Option(help: "Accounts to draw from.") var accounts = 20_000
    @Option(help: "Offer only this many payments a second, instead of searching.") var rate: Double?
    @Option(help: "Length of each pgbench run in seconds.") var pgbenchSeconds = 30
    @Flag(help: "Compare with access tokens, limits and fees, by turns, instead.") var priced =
        false
    @Flag(help: "Compare with 200 people signing in meanwhile, by turns, instead.") var signIns =
        false

    func validate() throws {
        if priced && signIns {
            throw ValidationError("--priced and --sign-ins are two measurements: give one of them")
        }
    }

    func run() async throws {
        var benchmark = AuthorizeBenchmark(executable: CommandLine.executablePath, model: model)
        benchmark.seconds = options.seconds ?? 120
        benchmark.accounts = accounts
        benchmark.rate = rate
        benchmark.pgbenchSeconds = pgbenchSeconds
        if priced { benchmark.question = .priced }
        if signIns { benchmark.question = .signIns }
        options.show(try await benchmark.run(progress: BenchOptions.progress))
    }
}

struct BenchStream: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stream", abstract: "The postings stream beside bare libzmq.")

    @OptionGroup var options: BenchOptions

    func run() throws {
        var benchmark = StreamBenchmark()
        benchmark.seconds = options.seconds ?? 20
        options.show(try benchmark.run(progress: BenchOptions.progress))
    }
}

struct BenchEngine: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "engine",
        abstract: "Decode, features and score on one core; snapshots and starts.")

    // Not `BenchOptions`: its length is that of its workload, not a number of seconds.
    @Flag(help: "Print one JSON object on standard output instead of a table.") var json = false
    @Option(help: "Model file.") var model = "Models/default/model.hfm"
    @Option(help: "Events of the workload.") var events = 1_000_000
    @Option(help: "Payers whose memory is measured, with 30 payments each.") var payers = 50_000

    func validate() throws {
        guard events > 0, payers > 0 else {
            throw ValidationError("events and payers begin at 1")
        }
    }

    func run() throws {
        // First, so that nothing else grows or is given back meanwhile.
        BenchOptions.progress("letting \(payers) payers pay 30 times each")
        var memory = PayerMemoryBenchmark()
        memory.payers = payers
        let bytesPerPayer = memory.run()
        var settings = BenchmarkWorkload.Settings()
        settings.events = events
        BenchOptions.progress("making \(events) events")
        let workload = try BenchmarkWorkload(settings)
        let path = NSTemporaryDirectory() + "holdfast-bench-\(getpid()).snapshot"
        defer { try? FileManager.default.removeItem(atPath: path) }
        BenchOptions.progress("running")
        let found = try EngineBenchmark(model: try RiskModel.load(path: model), snapshotPath: path)
            .run(workload)
        var report = Benchmarks.BenchmarkReport(name: "engine")
        report.add("events", Double(found.events), decimals: 0)
        report.add("per_second", found.eventsPerSecond, decimals: 0)
        report.add("scored_per_second", found.scoredPerSecond, decimals: 0)
        report.add(
            "without_decoding_per_second",
            Double(found.events) / (found.totalSeconds - found.decodeSeconds),
            decimals: 0)
        report.add("p50_ms", found.batchP50Micros / 1_000, decimals: 3)
        report.add("p99_ms", found.batchP99Micros / 1_000, decimals: 3)
        report.add("not_approved_share", found.notApprovedShare, decimals: 3)
        report.add("start_from_snapshot_s", found.snapshotStartSeconds, decimals: 3)
        report.add("snapshot_age_events", Double(found.snapshotAgeEvents), decimals: 0)
        report.add("full_replay_s", found.fullReplaySeconds, decimals: 3)
        report.add("longest_stall_ms", found.longestStallMillis)
        report.add("cpu_s", found.cpuSeconds, decimals: 3)
        report.add("wall_s", found.totalSeconds, decimals: 3)
        report.add("memory_payers", Double(payers), decimals: 0)
        report.add("rss_bytes_per_payer", bytesPerPayer, decimals: 0)
        print(json ? report.json : report.table)
    }
}

struct BenchTable: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "table",
        abstract: "Read a transactions table, compute features and scores, write them.")

    @Flag(help: "Print one JSON object on standard output instead of a table.") var json = false
    @Option(help: "Model file.") var model = "Models/default/model.hfm"
    @Option(help: "Rows of the simulated table.") var rows = 1_000_000
    @Option(help: "How often it is scored; the median counts.") var runs = 3
    @Flag(help: "Write every input of the model, too.") var features = false
    @Flag(help: "Compress table and scores.") var gz = false

    func validate() throws {
        guard rows > 0, runs > 0 else { throw ValidationError("rows and runs begin at 1") }
    }

    func run() throws {
        var benchmark = TableBenchmark(model: try RiskModel.load(path: model))
        benchmark.rows = rows
        benchmark.runs = runs
        benchmark.writesFeatures = features
        benchmark.isCompressed = gz
        let report = try benchmark.run(progress: BenchOptions.progress)
        print(json ? report.json : report.table)
    }
}
