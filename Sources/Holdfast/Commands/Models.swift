import ArgumentParser
import Foundation
import LinearAlgebra
import Operations
import Tables
import Training

struct DatasetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dataset", abstract: "Make transactions tables.",
        discussion: TableFormat.help, subcommands: [Generate.self, Export.self])

    struct Generate: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Simulate a population and write its payments as a transactions table (CSV).")

        @Option(help: "File to write (.gz compresses); it appears whole, or not at all.") var out:
            String
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

extension DatasetCommand {
    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write a home's payments as a transactions table, with all columns.",
            discussion: """
                Every payment and authorization that was reserved, in the ledger's order, up to the moment at which the \
                export begins; payments go on meanwhile. Accounts stand under their public identifiers, devices, \
                instruments and addresses under their keyed tokens. A payment that nobody called fraudulent is labelled \
                0 once it is older than --label-delay. A home that does not run is read all the same.
                """)

        @OptionGroup var home: HomeOptions
        @Option(help: "File to write (.gz compresses); it appears whole, or not at all.")
        var out: String
        @Option(help: "When a payment that nobody called fraudulent counts as genuine, such as 7d.")
        var labelDelay = TimeSpan(seconds: 7 * 86_400)

        func validate() throws {
            guard labelDelay.seconds <= TableOptions.maximumLabelDelaySeconds else {
                throw ValidationError("--label-delay \(labelDelay): it is at most 3650d")
            }
        }

        func run() throws {
            let bar = SharedProgressBar()
            let export = HomeExport(
                try home.existing(), labelDelaySeconds: Int64(labelDelay.seconds))
            let summary = try export.run(to: out) { bar.show("exporting", $0, of: $1) }
            bar.finish()
            print(
                "\(out): \(summary.rows) payments, \(summary.frauds) of them fraudulent, up to event "
                    + "\(summary.cut.rawValue)")
        }
    }
}

struct Train: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Fit a model to a transactions table, or make the shipped model again.",
        discussion: """
            Fits to the labelled rows from --from until --until; rows without a label are replayed as history only. \
            `holdfast help dataset` describes the table.
            """)

    @Argument(help: "Transactions table (CSV, .gz or not); not needed with --shipped.")
    var table: String?
    @OptionGroup var reading: TableArguments
    @Option(help: "Further columns to keep as numeric features, separated by commas.")
    var extra: ColumnNames?
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
        guard extra == nil || !reading.columns else {
            throw ValidationError("--columns keeps every column of numbers: leave --extra out")
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
            var reading = self.reading.options
            reading.extras = extra?.names ?? []
            let progress = { bar.show($0.stage, $0.fraction ?? 0) } as (TrainingProgress) -> Void
            let (model, fitted) =
                self.reading.columns
                ? try Trainer.train(
                    columns: table, options: options, reading: reading, progress: progress)
                : try Trainer.train(
                    table: table, options: options, reading: reading, progress: progress)
            try directory.write(model, fitted)
            report = fitted
        }
        bar.finish()
        TableArguments.report(
            ignoredColumns: report.ignoredColumns, skipped: report.skippedRows)
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
        if let known = report.labelsKnownUntil {
            print(
                "labels known until \(known.rfc3339(decimals: .needed)): it may judge payments from then on"
            )
        }
        print("computed with \(NumericFingerprint.current)")
    }
}
