import ArgumentParser
import Foundation
import LinearAlgebra
import Operations
import Simulation
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
        @Option(help: "Share of payments that are fraudulent, about.") var fraudShare = 0.007
        @Option(
            help:
                "File to write the kind of each fraud to (CSV), those that nobody reported included."
        )
        var truth: String?
        @Option(help: "File to write a data card to (Markdown); it takes a pass over the table.")
        var card: String?
        @Option(
            help: "First moment of the rows that the card's AUC of each feature is measured on.")
        var heldOut: Moment?

        func validate() throws {
            guard people >= 10, days > 0, fraudShare >= 0, fraudShare < 1 else {
                throw ValidationError(
                    "there are at least 10 people and 1 day, and a share is from 0 to below 1")
            }
            guard heldOut == nil || card != nil else {
                throw ValidationError("--held-out is about the card: give --card, too")
            }
        }

        func run() throws {
            var bar = ProgressBar()
            let options = SimulatedHistory.Options(
                seed: seed, people: people, days: days, fraudShare: fraudShare)
            let summary = try DatasetGenerator.write(options, to: out, truth: truth) {
                bar.show($0.stage, $0.fraction ?? 0)
            }
            if let card {
                let from = heldOut?.timestamp ?? summary.firstHeldOut
                let ranking = try FeatureRanking(table: out, from: from) {
                    bar.show($0.stage, $0.fraction ?? 0)
                }
                let name = URL(fileURLWithPath: out).lastPathComponent
                let text = DatasetCard.text(name: name, summary: summary, ranking: ranking)
                try AtomicFile.write(Array(text.utf8), to: card)
            }
            bar.finish()
            print(
                "\(out): \(summary.rows) payments, \(summary.frauds) of them fraudulent, "
                    + "\(summary.reported) of those reported")
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

extension ModelKind: ExpressibleByArgument {}

/// Three costs, as they are written.
struct CostList: ExpressibleByArgument {
    let costs: ActionCosts

    init?(argument: String) {
        let numbers = argument.split(separator: ",", omittingEmptySubsequences: false)
            .map { Double($0) }
        guard numbers.count == 3, let challenge = numbers[0], let hold = numbers[1],
            let decline = numbers[2],
            [challenge, hold, decline].allSatisfy({ $0 >= 0 && $0.isFinite })
        else { return nil }
        costs = ActionCosts(challenge: challenge, hold: hold, decline: decline)
    }
}

struct Train: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Fit a model to a transactions table.",
        discussion: """
            Fits to the labelled rows from --from until --until; rows without a label are replayed as history only. \
            Penalty, bins and pairs are chosen, and the model is calibrated, on rows held out forward in time, with \
            --label-delay between them and the rows before; then the model is fitted to the whole range. Where the \
            range is too short for that, earlier windows of its length serve. \
            `holdfast help dataset` describes the table.
            """)

    @Argument(help: "Transactions table (CSV, .gz or not).") var table: String
    @OptionGroup var reading: TableArguments
    @Option(help: "Further columns to keep as numeric features, separated by commas.")
    var extra: ColumnNames?
    @Option(help: "Inputs whose numbers are codes of a category, separated by commas.")
    var categories: ColumnNames?
    @Option(help: "Folder to write the model, its card and its report to.") var out: String
    @Option(
        help: "stack, logistic (no forest) or forest (alone; needs no labels).")
    var model = ModelKind.stack
    @Option(help: "Seed of the forest.") var seed: UInt64 = 1
    @Option(help: "Trees of the forest.") var trees = 100
    @Option(help: "Rows that each tree is grown from.") var subsample = 256
    @Option(help: "L2 penalty of the mean loss; chosen on held-out rows if it is not given.")
    var penalty: Double?
    @Option(help: "Rounds in which pairs may be added, at most.")
    var rounds = TrainingOptions().maximumRounds
    @Option(
        help:
            "Scorecards whose mean the model is, each fitted to other rows and features; fewer are quicker to fit."
    )
    var members = TrainingOptions().members
    @Option(
        help: "Share of payments that the thresholds may stop: challenged, held or declined.")
    var budget = 0.035
    @Option(
        help: ArgumentHelp(
            """
            Choose the thresholds that cost least instead: what an honest payer who is challenged, a review and an \
            honest payment that is declined cost, in the table's money, such as 0.5,4,20; an approved fraud costs its \
            amount, and one in five challenged frauds passes.
            """))
    var costs: CostList?

    func validate() throws {
        guard (1...10_000).contains(trees) else {
            throw ValidationError("--trees \(trees): a forest has from 1 to 10000 trees")
        }
        guard (2...4_096).contains(subsample) else {
            throw ValidationError("--subsample \(subsample): a tree is grown from 2 to 4096 rows")
        }
        guard penalty.map({ $0 > 0 && $0.isFinite }) ?? true else {
            throw ValidationError("--penalty is a number above 0")
        }
        guard (0...100).contains(rounds) else {
            throw ValidationError("--rounds \(rounds): there are from 0 to 100")
        }
        guard (1...16).contains(members) else {
            throw ValidationError("--members \(members): a model is the mean of 1 to 16 scorecards")
        }
        guard budget > 0, budget < 1 else {
            throw ValidationError("--budget \(budget): a share is above 0 and below 1")
        }
        guard extra == nil || !reading.columns else {
            throw ValidationError("--columns keeps every column of numbers: leave --extra out")
        }
    }

    private var options: TrainingOptions {
        var options = TrainingOptions()
        options.kind = model
        options.seed = seed
        options.trees = trees
        options.subsample = subsample
        options.penalty = penalty
        options.maximumRounds = rounds
        options.members = members
        options.categories = Set(categories?.names ?? [])
        options.budget = AlertBudget(total: budget)
        options.costs = costs?.costs
        return options
    }

    func run() throws {
        var bar = ProgressBar(writesStages: true)
        let directory = ModelDirectory(path: out)
        var reading = self.reading.options
        reading.extras = extra?.names ?? []
        let progress = { bar.show($0.stage, $0.fraction ?? 0) } as (TrainingProgress) -> Void
        let (model, report) =
            self.reading.columns
            ? try Trainer.train(
                columns: table, options: options, reading: reading, progress: progress)
            : try Trainer.train(
                table: table, options: options, reading: reading, progress: progress)
        try directory.write(model, report)
        bar.finish()
        TableArguments.report(
            ignoredColumns: report.ignoredColumns, skipped: report.skippedRows)
        print(report.summary, terminator: "")
        print("\(directory.modelPath)")
        print("computed with \(NumericFingerprint.current)")
    }
}
