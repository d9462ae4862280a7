internal import Foundation
internal import LinearAlgebra
internal import Scoring
internal import Simulation
internal import Training

/// Rows that come one at a time through a whole stack: transforms, missing indicators, forest,
/// logistic, calibration.
struct SingleRowBenchmark {
    private static let features = 64
    private static let fittedRows = 20_000
    private static let scoredRows = 50_000

    func run(_ report: inout BenchmarkReport) throws {
        let model = try Self.model()
        var scorer = Scorer(model)
        let rows = Self.rows(Self.scoredRows, seed: 2)
        var score = 0.0
        var times = [Double](repeating: 0, count: Self.scoredRows)
        for row in 0..<2_000 { scorer.score(rows: rows.row(row), count: 1, into: &score) }
        let allocatedBefore = Allocations.bytesOfThisThread()
        for row in 0..<Self.scoredRows {
            let start = ContinuousClock.now
            scorer.score(rows: rows.row(row), count: 1, into: &score)
            times[row] = (ContinuousClock.now - start).seconds
        }
        let allocatedAfter = Allocations.bytesOfThisThread()
        times.sort()
        report.add("single_row_features", Double(model.terms.count), decimals: 0)
        report.add(
            "single_row_trees", Double(model.forest?.forest.trees.count ?? 0), decimals: 0)
        report.add("single_row_p50_us", times[times.count / 2] * 1e6)
        report.add("single_row_p99_us", times[times.count * 99 / 100] * 1e6)
        if let allocatedBefore, let allocatedAfter {
            report.add(
                "single_row_allocated_bytes", Double(allocatedAfter - allocatedBefore),
                decimals: 0)
        }
    }

    /// A stack fitted as any is.
    private static func model() throws -> RiskModel {
        let values = rows(fittedRows, seed: 1)
        var random = SeededRandom(seed: 3)
        var labelled = FeatureRows(names: (0..<features).map { "x\($0)" })
        for row in 0..<fittedRows {
            let from = UnsafeBufferPointer(start: values.row(row), count: features)
            let margin = (0..<8).reduce(-3.0) { $0 + (from[$1].isNaN ? 1 : from[$1] / 2) }
            labelled.append(
                from, isFraud: random.chance(1 / (1 + exp(-margin))), time: Int64(row))
        }
        return try Trainer.fit(labelled, catalogueHash: []).model
    }

    /// Columns by turns normal, skewed, and normal with missing values.
    private static func rows(_ count: Int, seed: UInt64) -> Matrix {
        var random = SeededRandom(seed: seed)
        let rows = Matrix(rows: count, columns: features)
        for row in 0..<count {
            let to = rows.row(row)
            for feature in 0..<features {
                let value = random.normal()
                switch feature % 4 {
                case 1: to[feature] = exp(2 * value)
                case 2: to[feature] = random.chance(0.05) ? .nan : value
                default: to[feature] = value
                }
            }
        }
        return rows
    }
}

/// What jemalloc, if it is this process's allocator, says of this thread.
private enum Allocations {
    private typealias Control =
        @convention(c) (
            UnsafePointer<CChar>, UnsafeMutableRawPointer?, UnsafeMutablePointer<Int>?,
            UnsafeMutableRawPointer?, Int
        ) -> Int32

    /// Bytes that this thread has ever allocated; nil with another allocator.
    static func bytesOfThisThread() -> UInt64? {
        guard let address = dlsym(nil, "mallctl") else { return nil }
        let control = unsafeBitCast(address, to: Control.self)
        var bytes: UInt64 = 0
        var size = MemoryLayout<UInt64>.size
        let status = withUnsafeMutablePointer(to: &bytes) {
            control("thread.allocated", UnsafeMutableRawPointer($0), &size, nil, 0)
        }
        return status == 0 ? bytes : nil
    }
}
