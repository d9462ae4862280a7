import ArgumentParser
import Foundation
import LinearAlgebra
import Operations
import Training

struct DatasetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dataset", abstract: "Make transactions tables.", subcommands: [Generate.self])

    struct Generate: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Simulate a population and write its payments as a transactions table (CSV).")

        @Option(help: "File to write; it appears whole, or not at all.") var out: String
        @Option(help: "Equal seeds give equal bytes.") var seed: UInt64 = 1
        @Option(help: "People.") var people = 2_000
        @Option(help: "Days.") var days = 14
        @Option(help: "Share of payments that are fraudulent, about.") var fraudShare = 0.012

        func run() throws {
            guard people > 0, days > 0, fraudShare >= 0, fraudShare < 1 else {
                throw ValidationError("people and days begin at 1; a share is from 0 to below 1")
            }
            var bar = ProgressBar()
            let summary = try DatasetGenerator.write(
                to: out, seed: seed, people: people, days: days, fraudShare: fraudShare
            ) { bar.show($0.stage, $0.fraction ?? 0) }
            bar.finish()
            print("\(out): \(summary.rows) payments, \(summary.frauds) of them fraudulent")
        }
    }
}

struct Train: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Fit a model to a transactions table, or make the shipped model again.")

    @Argument(help: "Transactions table (CSV); not needed with --shipped.") var table: String?
    @Option(help: "Folder to write the model and its card to.") var out: String
    @Option(help: "Seed of the forest.") var seed: UInt64 = 1
    @Option(help: "Trees of the forest.") var trees = 100
    @Flag(help: "Simulate the shipped model's history and fit it exactly as the shipped model was.")
    var shipped = false

    func validate() throws {
        guard (1...10_000).contains(trees) else {
            throw ValidationError("--trees \(trees): a forest has from 1 to 10000 trees")
        }
        guard shipped != (table != nil) else {
            throw ValidationError("give either a transactions table or --shipped")
        }
    }

    func run() throws {
        var bar = ProgressBar()
        let directory = ModelDirectory(path: out)
        let report: TrainingReport
        if shipped {
            let temporary = NSTemporaryDirectory() + "holdfast-shipped-\(getpid()).csv"
            defer { try? FileManager.default.removeItem(atPath: temporary) }
            report = try ShippedModel.build(table: temporary, into: directory) {
                bar.show($0.stage, $0.fraction ?? 0)
            }
        } else {
            guard let table else {
                throw ValidationError("give a transactions table, or --shipped")
            }
            var options = TrainingOptions()
            options.seed = seed
            options.trees = trees
            let (model, fitted) = try Trainer.train(table: table, options: options) {
                bar.show($0.stage, $0.fraction ?? 0)
            }
            try directory.write(model, fitted)
            report = fitted
        }
        bar.finish()
        print("\(directory.modelPath)")
        print(
            String(
                format: "judged on %d later payments: ROC AUC %.4f, average precision %.4f",
                report.judged.rows, report.areaUnderCurve, report.averagePrecision))
        for alert in report.alerts {
            print(
                String(
                    format:
                        "%@ from %.5f on: %.2f %% of payments, precision %.1f %%, recall %.1f %%",
                    alert.action, alert.threshold, alert.share * 100, alert.precision * 100,
                    alert.recall * 100))
        }
        print("computed with \(NumericFingerprint.current)")
    }
}
