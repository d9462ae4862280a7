import EventLog
import Features
import Glibc
import Scoring
import Simulation
import Tables
import Testing

@testable import Training

@Suite struct TrainerTests {
    private static var options: TrainingOptions {
        var options = TrainingOptions()
        options.trees = 20
        options.subsample = 64
        options.maximumRounds = 2
        options.members = 2
        return options
    }

    @Test func `a small simulated table gives a model that ranks fraud first, twice the same`()
        throws
    {
        let table = TemporaryFile()
        let again = TemporaryFile()
        let summary = try DatasetGenerator.write(
            to: table.path, seed: 11, people: 600, days: 12, fraudShare: 0.02)
        _ = try DatasetGenerator.write(
            to: again.path, seed: 11, people: 600, days: 12, fraudShare: 0.02)
        #expect(table.bytes == again.bytes)
        #expect(summary.frauds == summary.fraudsByKind.reduce(0, +))

        let (model, report) = try Trainer.train(table: table.path, options: Self.options)
        #expect(report.areaUnderCurve > 0.7)
        #expect(report.averagePrecision > 0.1)
        #expect(report.gradient < 1e-8)
        #expect(report.fitted.rows == summary.rows && report.fitted.frauds == summary.reported)
        #expect(report.folds.count == 3 && report.trials.count > 8)
        #expect(model.catalogueHash == FeatureCatalogue.hash)
        #expect(model.featureNames == FeatureCatalogue.all.map(\.name))
        let shares = report.alerts.map(\.share)
        #expect(abs(shares[0] - 0.02) < 0.01 && abs(shares[2] - 0.005) < 0.005)

        let second = try Trainer.train(table: again.path, options: Self.options)
        #expect(second.model.encoded() == model.encoded())
        #expect(ModelCard.text(name: "m", model: model, report: report).contains("\(model.hash)"))
    }

    @Test func `labelled rows of the range are fitted, and the last label that was used is told`()
        throws
    {
        let table = TemporaryFile()
        _ = try DatasetGenerator.write(
            to: table.path, seed: 5, people: 500, days: 12, fraudShare: 0.03)
        var reading = TableOptions()
        reading.range = TimeRange(
            from: Timestamp(rfc3339: "2025-01-03T00:00:00Z"),
            until: Timestamp(rfc3339: "2025-01-11T00:00:00Z"))
        var known = Timestamp.none
        var rows = 0
        var pass = try FeaturePass(path: table.path)
        var inputs = [Double](repeating: 0, count: pass.names.count)
        while let batch = try pass.next() {
            for index in 0..<batch.count {
                inputs.withUnsafeMutableBufferPointer { buffer in
                    guard let base = buffer.baseAddress else { return }
                    _ = pass.inputs(of: batch, index, into: base)
                }
                guard reading.range.contains(batch.rows[index].occurredAt) else { continue }
                rows += 1
                known = max(
                    known,
                    TableReplay.labelKnown(
                        batch.rows[index], delaySeconds: reading.labelDelaySeconds))
            }
        }
        let (model, report) = try Trainer.train(
            table: table.path, options: Self.options, reading: reading)
        #expect(report.fitted.rows == rows)
        #expect(report.labelsKnownUntil == known)
        #expect(Timestamp(model.provenance.from) >= reading.range.from ?? .none)
    }

    @Test func `tables that no model can be fitted to are refused by name`() throws {
        let header = "transaction_id,occurred_at,payer,payee,amount,currency,label\n"
        func outcome(_ text: String) -> TrainingError? {
            let file = TemporaryFile(text)
            do throws(TrainingError) {
                _ = try Trainer.train(table: file.path, options: Self.options)
                return nil
            } catch { return error }
        }
        #expect(outcome(header) == .noRows("the fitted range"))
        let honest = (0..<20).map { "t\($0),2025-01-01T00:00:\(10 + $0)Z,p,q,1,USD,0\n" }.joined()
        #expect(outcome(header + honest) == .oneClass("the fitted range", isFraud: false))
        guard case .table = outcome("nonsense\n") else {
            Issue.record("a table without columns was read")
            return
        }
    }

    @Test func `the shipped model loads and is of this build's catalogue`() throws {
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let directory = ModelDirectory(path: "/" + root + "/Models/default")
        let model = try RiskModel.load(path: directory.modelPath)
        #expect(model.catalogueHash == FeatureCatalogue.hash)
        #expect(model.provenance.seed == TrainingOptions().seed)
    }
}
