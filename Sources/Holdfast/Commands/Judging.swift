import ArgumentParser
import Evaluation
import EventLog
import Foundation
import Operations
import Rules
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
    @Option(help: "Folder for charts (SVG): ROC, precision and recall, calibration, scores.")
    var plots: String?

    func validate() throws {
        guard cards > 0 else { throw ValidationError("--cards \(cards): it begins at 1") }
    }

    func run() throws {
        var options = bootstrap.options
        options.cards = cards
        options.dropsKnown = dropKnown
        let loaded = try JudgingOptions.load(model)
        let judged = try judging.judge([loaded])
        warn(loaded, judged.rows[0])
        let evaluation = try Evaluation(judged.rows[0], options: options)
        if let plots {
            try JudgementPlots.write(
                scores: judged.rows[0].scores, isFraud: judged.rows[0].isFraud, to: plots)
        }
        try judging.show(evaluation, text: evaluation.text)
    }

    /// A model that has seen a label which was not known when a payment occurred is not judged fairly on it.
    private func warn(_ model: RiskModel, _ rows: JudgedRows) {
        guard let known = model.provenance.labelsKnownUntil, let first = rows.times.first,
            first < known
        else { return }
        let moment = Timestamp(known).rfc3339(decimals: .needed)
        FileHandle.standardError.write(
            Data(
                """
                warning: labels that the model was fitted to became known until \(moment), after the first of these \
                payments: the figures may be better than it is; judge from then on (--from)

                """.utf8))
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
        abstract: "What a model or rules would have done to labelled payments, in money.",
        discussion: """
            Counts and amounts that would have been approved, challenged, held and declined; caught is fraud that was not \
            simply approved, missed is fraud that was, disturbed are genuine payments that were not simply approved.

            POLICY is a model, or a file of rules (its name ends in .rules), or both joined by a plus sign, such as \
            Models/default+my.rules. A second policy (--and), or other thresholds of the first one's model, are shown side \
            by side. A line of rules is such as: payer.count.1h > 20 and amount.zscore > 4 -> hold "velocity". \
            `holdfast features` lists what they can ask about; score is the model's probability.
            """)

    @Argument(help: "Model, rules, or model+rules.") var policy: String
    @OptionGroup var judging: JudgingOptions
    @Option(help: "A second policy.") var and: String?
    @Option(help: "Other thresholds: challenge from this probability on.") var challenge: Double?
    @Option(help: "Other thresholds: hold from this probability on.") var hold: Double?
    @Option(help: "Other thresholds: decline from this probability on.") var decline: Double?

    func validate() throws {
        guard !judging.reading.columns else {
            throw ValidationError("--columns: a back-test is about payments, not bare numbers")
        }
    }

    func run() throws {
        let first = try Self.load(policy)
        var policies = [first]
        if let and { policies.append(try Self.load(and)) }
        if let thresholds = try otherThresholds(first) {
            policies.append(
                Policy(
                    name: "\(policy) at \(thresholds.challenge), \(thresholds.hold), "
                        + "\(thresholds.decline)",
                    model: first.model, thresholds: thresholds, rules: first.rules))
        }
        var bar = ProgressBar()
        defer { bar.finish() }
        let result = try PolicyBacktest(
            judging.table, policies, reading: judging.reading.options
        ) { bar.show($0.stage, $0.fraction ?? 0) }
        bar.finish()
        TableArguments.report(ignoredColumns: result.ignoredColumns, skipped: result.skipped)
        try judging.show(result, text: result.text)
    }

    private static func load(_ text: String) throws -> Policy {
        var policy = Policy(name: text)
        for part in text.split(separator: "+").map(String.init) {
            guard part.hasSuffix(".rules") else {
                guard policy.model == nil else {
                    throw ValidationError("\(text): a policy has at most one model")
                }
                let model = try JudgingOptions.load(part)
                policy.model = model
                policy.thresholds = model.thresholds
                continue
            }
            guard policy.rules == nil else {
                throw ValidationError("\(text): a policy has at most one file of rules")
            }
            guard let data = FileManager.default.contents(atPath: part),
                let rules = String(data: data, encoding: .utf8)
            else { throw ValidationError("\(part) cannot be read, or is not UTF-8") }
            do throws(RuleError) {
                policy.rules = try RuleSet(rules, inputs: Policy.inputs())
            } catch { throw ValidationError("\(part):\(error)") }
        }
        return policy
    }

    private func otherThresholds(_ policy: Policy) throws -> Thresholds? {
        guard challenge != nil || hold != nil || decline != nil else { return nil }
        guard let own = policy.model?.thresholds else {
            throw ValidationError("\(policy.name) has no model whose thresholds could be others")
        }
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

struct Explain: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Why a payment of a table has its score: every part, exactly.",
        discussion: """
            The logistic part of each feature (its linear part, bins and missing value are one) and of each pair, against \
            what they add on average; and, by feature, the Shapley values of the forest's path length. All of them and the \
            intercept add up to the calibrated log-odds.
            """)

    @Argument(help: "Model file, or the folder that holds it.") var model: String
    @OptionGroup var judging: JudgingOptions
    @Option(help: "transaction_id of the row; its number in a table without.") var id: String
    @Option(help: "How many parts are drawn, the largest first.") var most = 24

    /// What is printed as JSON.
    private struct Result: Encodable {
        struct Part: Encodable {
            var name: String
            var value: Double?
            var contribution: Double

            init(_ part: Explainer.Account.Part) {
                name = part.name
                value = part.value.isNaN ? nil : part.value
                contribution = part.contribution
            }
        }
        var transactionID: String
        var probability: Double
        var logOdds: Double
        var intercept: Double
        var logistic: [Part]
        var forest: [Part]
        var forestOffset: Double
    }

    func validate() throws {
        guard most > 0 else { throw ValidationError("--most \(most): it begins at 1") }
    }

    func run() throws {
        let loaded = try JudgingOptions.load(model)
        var bar = ProgressBar()
        defer { bar.finish() }
        let row = try InputsOfRow(
            id, in: judging.table, loaded, reading: judging.reading.options,
            isOfColumns: judging.reading.columns
        ) { bar.show($0.stage, $0.fraction ?? 0) }
        bar.finish()
        var explainer = Explainer(loaded)
        let account = explainer.account(for: row.values)
        try judging.show(
            Result(
                transactionID: id, probability: account.probability, logOdds: account.logOdds,
                intercept: account.intercept, logistic: account.logistic.map(Result.Part.init),
                forest: account.forest.map(Result.Part.init), forestOffset: account.forestOffset),
            text: account.text(identifier: id, most: most))
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
        do { spread = try DriftReference(encoded: data) } catch {
            throw ValidationError("\(file) is no reference for drift: \(error)")
        }
        let report = try DriftReport(
            judging.table, try RiskModel.load(path: path), spread,
            reading: judging.reading.options, isOfColumns: judging.reading.columns)
        try judging.show(report, text: report.text)
    }
}
