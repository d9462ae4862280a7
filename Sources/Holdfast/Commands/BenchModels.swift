import ArgumentParser
import Benchmarks

struct BenchModels: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models",
        abstract: "Isolation forest, logistic regression and single rows, against scikit-learn.",
        discussion: "The peer is installed by `make peers`; without it there are no ratios.")

    @Flag(help: "Print one JSON object on standard output instead of a table.")
    var json = false
    @Option(help: "Folder of outlier tables: NAME.csv.gz, columns of numbers and then `label`.")
    var outliers: String?
    @Option(help: "Runs of each side, which alternate; the median counts.") var rounds = 5
    @Option(help: "Seeds that the areas under the curve are averaged over.") var seeds = 10
    @Option(help: "Rows of the logistic regression's table.") var rows = 1_000_000
    @Option(help: "Python that has scikit-learn.") var peerPython: String?
    @Option(help: "The peer's script.") var peerScript: String?

    func validate() throws {
        guard rounds > 0, seeds > 0, rows >= 1_000 else {
            throw ValidationError("rounds and seeds begin at 1, rows at 1000")
        }
    }

    func run() throws {
        var benchmark = ModelsBenchmark()
        benchmark.outliers = outliers
        benchmark.rounds = rounds
        benchmark.seeds = seeds
        benchmark.logisticRows = rows
        if let peerPython { benchmark.peerPython = peerPython }
        if let peerScript { benchmark.peerScript = peerScript }
        let report = try benchmark.run(progress: BenchOptions.progress)
        print(json ? report.json : report.table)
    }
}
