import ArgumentParser
import Evaluation
import Foundation
import Scoring
import Training

struct Evaluate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Judge a model on the labelled rows of a table.",
        discussion: """
            ROC AUC, average precision (step definition), card precision@100 by UTC day, recall and recall of value at \
            0.5, 1, 2 and 5 % of alerts, Brier score and calibration error. Intervals are of a seeded bootstrap over \
            payers and over payees; the wider is given. Rows before --from are replayed as history; rows without a label \
            are not judged.
            """)

    @Argument(help: "Model file, or the folder that holds it.") var model: String
    @OptionGroup var judging: JudgingOptions
    @OptionGroup var bootstrap: BootstrapOptions
    @Option(help: "Payers that are looked into each day, for card precision.") var cards = 100
    @Flag(
        help:
            "Leave payers of whom a fraud was known when the day began out of card precision.")
    var dropKnown = false

    func validate() throws {
        guard cards > 0 else { throw ValidationError("--cards \(cards): it begins at 1") }
    }

    func run() throws {
        var options = bootstrap.options
        options.cards = cards
        options.dropsKnown = dropKnown
        let judged = try judging.judge([try JudgingOptions.load(model)])
        let evaluation = try Evaluation(judged.rows[0], options: options)
        try judging.show(evaluation, text: evaluation.text)
    }
}

struct Compare: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Hold two models against each other on the same rows.",
        discussion: """
            Differences are second − first, with the interval of a bootstrap in which both see the same payers, or \
            payees; the wider is given. "Not clear" are those whose interval contains 0.
            """)

    @Argument(help: "First model: its file, or the folder that holds it.") var first: String
    @Argument(help: "Second model.") var second: String
    @OptionGroup var judging: JudgingOptions
    @OptionGroup var bootstrap: BootstrapOptions

    func run() throws {
        let judged = try judging.judge([
            try JudgingOptions.load(first), try JudgingOptions.load(second),
        ])
        let comparison = try Comparison(
            judged.rows[0], judged.rows[1], options: bootstrap.options)
        try judging.show(comparison, text: comparison.text)
    }
}

struct BacktestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backtest",
        abstract: "What a model's thresholds would have done to labelled payments, in money.",
        discussion: """
            Counts and amounts that would have been approved, challenged, held and declined; caught is fraud that was not \
            simply approved, missed is fraud that was, disturbed are genuine payments that were not simply approved. Give \
            --and for a second model, or --challenge, --hold and --decline for other thresholds of the first: both are \
            shown side by side.
            """)

    @Argument(help: "Model file, or the folder that holds it.") var model: String
    @OptionGroup var judging: JudgingOptions
    @Option(help: "A second model, with its own thresholds.") var and: String?
    @Option(help: "Other thresholds: challenge from this probability on.") var challenge: Double?
    @Option(help: "Other thresholds: hold from this probability on.") var hold: Double?
    @Option(help: "Other thresholds: decline from this probability on.") var decline: Double?

    /// What is printed as JSON.
    private struct Result: Encodable {
        var policy: String
        var backtest: Backtest
    }

    func run() throws {
        let first = try JudgingOptions.load(model)
        let second = try and.map(JudgingOptions.load)
        let judged = try judging.judge([first] + (second.map { [$0] } ?? []))
        var results = [
            Result(
                policy: model, backtest: try Backtest(judged.rows[0], thresholds: first.thresholds))
        ]
        if let second, let and {
            results.append(
                Result(
                    policy: and,
                    backtest: try Backtest(judged.rows[1], thresholds: second.thresholds)))
        }
        if let thresholds = try otherThresholds(first.thresholds) {
            let name =
                "\(model) at \(thresholds.challenge), \(thresholds.hold), \(thresholds.decline)"
            results.append(
                Result(
                    policy: name, backtest: try Backtest(judged.rows[0], thresholds: thresholds)))
        }
        try judging.show(
            results, text: results.map { $0.backtest.text(title: $0.policy) }.joined())
    }

    private func otherThresholds(_ own: Thresholds) throws -> Thresholds? {
        guard challenge != nil || hold != nil || decline != nil else { return nil }
        let (low, middle, high) = (
            challenge ?? own.challenge, hold ?? own.hold, decline ?? own.decline
        )
        guard let thresholds = Thresholds(challenge: low, hold: middle, decline: high) else {
            throw ValidationError(
                "thresholds \(low), \(middle), \(high): they ascend from above 0 to at most 1")
        }
        return thresholds
    }
}

struct Drift: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "How far a table's payments have moved away from those a model was fitted to.",
        discussion: """
            Population stability index (PSI) of the score and of every input, over bins at the deciles of the fitted rows \
            and one for missing values: below 0.1 stable, below 0.25 moved, else shifted. Rows need no label. The \
            reference stands beside the model, in drift.json, where `holdfast train` wrote it.
            """)

    @Argument(help: "Model file, or the folder that holds it.") var model: String
    @OptionGroup var judging: JudgingOptions
    @Option(help: "File with the reference; drift.json beside the model unless given.")
    var reference: String?

    func run() throws {
        let path = ModelDirectory.modelPath(of: model)
        let file =
            reference
            ?? URL(fileURLWithPath: path).deletingLastPathComponent()
            .appendingPathComponent(ModelDirectory.driftFileName).path
        guard let data = FileManager.default.contents(atPath: file) else {
            throw ValidationError(
                "\(file) cannot be read: `holdfast train` writes it beside the model; give --reference for another place"
            )
        }
        let spread: DriftReference
        do { spread = try JSONDecoder().decode(DriftReference.self, from: data) } catch {
            throw ValidationError("\(file) is no reference for drift: \(error)")
        }
        let report = try DriftReport(
            judging.table, try RiskModel.load(path: path), spread,
            reading: judging.reading.options, isOfColumns: judging.reading.columns)
        try judging.show(report, text: report.text)
    }
}
