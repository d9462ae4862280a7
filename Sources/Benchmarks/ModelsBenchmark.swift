internal import Foundation
internal import LinearAlgebra
internal import Scoring
internal import Simulation
internal import Training

/// Isolation forest, logistic regression and single rows through a whole stack, beside scikit-learn
/// where it is installed: runs alternate, and the figures are medians and their ratios.
public struct ModelsBenchmark: Sendable {
    /// Python of the peer's virtual environment.
    public var peerPython = ".build/peers/bin/python"
    /// Script that the peer runs.
    public var peerScript = "Tests/Peers/scikit_learn_models.py"
    /// Folder of outlier tables, `NAME.csv.gz` with columns of numbers and then `label`; nil to go
    /// without.
    public var outliers: String?
    /// Runs of each side; the median counts.
    public var rounds = 5
    /// Seeds over which the area under the curve is averaged.
    public var seeds = 10
    /// Rows of the logistic regression's table.
    public var logisticRows = 1_000_000

    static let trees = 100
    static let subsample = 256
    static let batchRows = 10_000

    /// All measurements but those of outlier tables.
    public init() {}

    /// Measures everything. `progress` is told each step. Throws what the peer, a file or a fit
    /// fails with; a peer that is not installed is reported instead.
    public func run(progress: (String) -> Void) throws -> BenchmarkReport {
        let folder = NSTemporaryDirectory() + "holdfast-bench-models-\(getpid())"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var report = BenchmarkReport(name: "models")
        var peer = try startPeer(&report)
        report.add("computed_with", NumericFingerprint.current)
        if peer != nil {
            try measureOutliers(&peer, folder, &report, progress)
        } else if outliers != nil {
            report.add("outliers", "not measured: the peer reads the tables, and is not installed")
        }
        progress("forest: a table of 60 columns")
        let wide = ModelTable.normal(name: "60_columns", rows: 50_000, columns: 60, seed: 1)
        try wide.send(to: &peer, folder)
        try measureForest(wide, &peer, &report)
        progress("logistic: \(logisticRows) rows of 20 columns")
        try measureLogistic(&peer, folder, &report, progress)
        progress("single rows")
        try SingleRowBenchmark().run(&report)
        return report
    }

    private func startPeer(_ report: inout BenchmarkReport) throws -> PeerProcess? {
        guard FileManager.default.isExecutableFile(atPath: peerPython),
            FileManager.default.fileExists(atPath: peerScript)
        else {
            report.add(
                "peer",
                "NOT INSTALLED, so there are no ratios: no \(peerPython) or \(peerScript); "
                    + "run `make peers` in the source folder")
            return nil
        }
        var peer = try PeerProcess(python: peerPython, script: peerScript)
        let versions = try peer.ask("versions")
        func text(_ key: String) -> String { versions[key].map { "\($0)" } ?? "unknown" }
        report.add(
            "peer",
            "scikit-learn \(text("scikit_learn")), \(text("blas")), \(text("threads")) thread")
        return peer
    }

    private func measureOutliers(
        _ peer: inout PeerProcess?, _ folder: String, _ report: inout BenchmarkReport,
        _ progress: (String) -> Void
    ) throws {
        guard let outliers else { return }
        let suffix = ".csv.gz"
        let files = try FileManager.default.contentsOfDirectory(atPath: outliers).sorted()
        for file in files where file.hasSuffix(suffix) {
            let name = String(file.dropLast(suffix.count))
            progress("forest: \(name)")
            guard
                let table = try ModelTable.read(
                    name: name, path: outliers + "/" + file, through: &peer, folder)
            else { continue }
            try measureArea(table, &peer, &report)
            if name == "shuttle" { try measureForest(table, &peer, &report) }
        }
    }

    private func measureArea(
        _ table: borrowing ModelTable, _ peer: inout PeerProcess?, _ report: inout BenchmarkReport
    ) throws {
        var sum = 0.0
        for seed in 0..<seeds {
            let fit = try forestFit(seed: UInt64(seed)).fit(table.values)
            var scorer = ForestScorer(fit.forest)
            sum += RankMetrics.areaUnderCurve(
                scores: table.scores(&scorer, batchRows: Self.batchRows), isFraud: table.labels)
        }
        let mean = sum / Double(seeds)
        report.add("forest_auc_\(table.name)", mean, decimals: 4)
        guard peer != nil else { return }
        let theirs = try peer?.number(
            "mean", of: "forest_auc",
            [
                "name": table.name, "trees": Self.trees, "subsample": Self.subsample,
                "seeds": seeds,
            ])
        report.add("forest_auc_\(table.name)_less_peer", mean - (theirs ?? .nan), decimals: 4)
    }

    private func forestFit(seed: UInt64 = 0, threads: Int? = 1) -> IsolationForestFit {
        IsolationForestFit(
            trees: Self.trees, subsample: Self.subsample, seed: seed, threads: threads)
    }

    private func measureForest(
        _ table: borrowing ModelTable, _ peer: inout PeerProcess?, _ report: inout BenchmarkReport
    ) throws {
        let forest = try forestFit().fit(table.values).forest
        var scorer = ForestScorer(forest)
        var (fits, manyThreads, scores) = ([Double](), [Double](), [Double]())
        var (peerFits, peerScores) = ([Double](), [Double]())
        let fitted: [String: Any] = [
            "name": table.name, "trees": Self.trees, "subsample": Self.subsample, "seed": 0,
        ]
        for _ in 0..<rounds {
            fits.append(try Self.seconds { _ = try forestFit().fit(table.values) })
            manyThreads.append(
                try Self.seconds { _ = try forestFit(threads: nil).fit(table.values) })
            scores.append(
                Self.seconds { _ = table.scores(&scorer, batchRows: Self.batchRows) })
            guard peer != nil else { continue }
            if let time = try peer?.number("seconds", of: "forest_fit", fitted) {
                peerFits.append(time)
            }
            if let time = try peer?.number(
                "seconds", of: "forest_score", ["name": table.name, "batch": Self.batchRows])
            {
                peerScores.append(time)
            }
        }
        let key = "forest_\(table.name)"
        let rows = Double(table.values.rows)
        report.add("\(key)_scored_per_second", rows / Self.median(scores), decimals: 0)
        if !peerScores.isEmpty {
            report.add("\(key)_peer_scored_per_second", rows / Self.median(peerScores), decimals: 0)
            report.add("\(key)_scored_ratio", Self.median(peerScores) / Self.median(scores))
        }
        report.add("\(key)_fit_ms", Self.median(fits) * 1e3)
        report.add("\(key)_fit_all_threads_ms", Self.median(manyThreads) * 1e3)
        if !peerFits.isEmpty {
            report.add("\(key)_peer_fit_ms", Self.median(peerFits) * 1e3)
            report.add(
                "\(key)_fit_ratio", Self.median(fits) / Self.median(peerFits), decimals: 4)
        }
    }

    static func seconds(_ body: () throws -> Void) rethrows -> Double {
        let start = ContinuousClock.now
        try body()
        return (ContinuousClock.now - start).seconds
    }

    static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
}
