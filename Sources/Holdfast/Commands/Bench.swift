import ArgumentParser
import Benchmarks
import Foundation

/// `holdfast bench …`: each starts what it needs, away from `.holdfast/`.
struct Bench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure, on this machine, against the field's yardsticks.",
        subcommands: [
            BenchLedger.self, BenchAuthorize.self, BenchEngine.self, BenchStream.self,
            BenchModels.self, BenchTable.self,
        ])
}

struct BenchOptions: ParsableArguments {
    @Flag(help: "Print one JSON object on standard output instead of a table.")
    var json = false

    @Option(
        help: "Length of the measured run in seconds; a shorter one than the default is said so.")
    var seconds: Int?

    func show(_ report: BenchmarkReport) {
        print(json ? report.json : report.table)
    }

    /// Progress goes to standard error, so that standard output holds the figures alone.
    static let progress: @Sendable (String) -> Void = { line in
        FileHandle.standardError.write(Data("bench: \(line)\n".utf8))
    }
}

struct BenchLedger: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ledger",
        abstract: "One-step transfers from independent callers, against pgbench TPC-B.")

    @OptionGroup var options: BenchOptions
    @Option(help: "Callers, each with one transfer under way.") var callers = 256
    @Option(help: "Accounts to draw from.") var accounts = 1_000_000
    @Option(help: "Share of transfers that touch one hot account, 0 to 1.") var hot = 0.0
    @Option(help: "Length of each pgbench run in seconds.") var pgbenchSeconds = 30

    func run() async throws {
        var benchmark = LedgerBenchmark()
        benchmark.seconds = options.seconds ?? 60
        benchmark.callers = callers
        benchmark.accounts = accounts
        benchmark.hotShare = hot
        benchmark.pgbenchSeconds = pgbenchSeconds
        options.show(try await benchmark.run(progress: BenchOptions.progress))
    }
}
