internal import Foundation
public import Scoring
internal import Simulation
internal import Tables
internal import Training

/// Reading a transactions table, features, scores, writing: all that `holdfast score` does, on a simulated table.
public struct TableBenchmark: Sendable {
    /// Rows of the table.
    public var rows = 1_000_000
    /// Whether every input of the model is written, too.
    public var writesFeatures = false
    /// How often the table is scored; the median counts.
    public var runs = 3
    /// Whether the table and the scores are compressed.
    public var isCompressed = false

    /// Tables are scored with `model`.
    public init(model: RiskModel) { self.model = model }

    private let model: RiskModel

    /// Simulates the table, reads it once so that it is cached, and measures.
    public func run(progress: @Sendable (String) -> Void) throws -> BenchmarkReport {
        let name = NSTemporaryDirectory() + "holdfast-bench-\(getpid())"
        let suffix = isCompressed ? ".csv.gz" : ".csv"
        let (table, scores) = (name + "-table" + suffix, name + "-scores" + suffix)
        defer {
            for path in [table, scores] { try? FileManager.default.removeItem(atPath: path) }
        }
        progress("simulating \(rows) payments")
        // A person pays about three times in four days; what is too much is not written.
        let history = SimulatedHistory.Options(
            seed: 1, people: max(100, rows / 25), days: 40)
        let written = try DatasetGenerator.write(history, to: table, rowLimit: rows)
        let bytes = try Data(contentsOf: URL(fileURLWithPath: table)).count
        var options = TableScores.Options()
        options.writesFeatures = writesFeatures
        var seconds: [Double] = []
        var cpu: [Double] = []
        for run in 1...max(1, runs) {
            progress("scoring, run \(run) of \(max(1, runs))")
            let (start, used) = (ContinuousClock.now, processorSeconds())
            let summary = try TableScores(model, options: options).write(table, to: scores)
            seconds.append((ContinuousClock.now - start).seconds)
            cpu.append(processorSeconds() - used)
            precondition(summary.scored == written.rows, "rows were lost")
        }
        let wall = seconds.sorted()[seconds.count / 2]
        var report = BenchmarkReport(name: "table")
        report.add("rows", Double(written.rows), decimals: 0)
        report.add("table_mb", Double(bytes) / 1e6, decimals: 1)
        report.add("rows_per_second", Double(written.rows) / wall, decimals: 0)
        report.add("wall_s", wall, decimals: 3)
        report.add("cpu_s", cpu.sorted()[cpu.count / 2], decimals: 3)
        report.add("fastest_s", seconds.min() ?? wall, decimals: 3)
        report.add("slowest_s", seconds.max() ?? wall, decimals: 3)
        report.add("features_written", writesFeatures)
        return report
    }
}
