internal import EventLog
internal import Features
internal import LinearAlgebra
public import Rules
public import Scoring
public import Tables
public import Training

/// What decides about payments: a model with thresholds, rules, or both.
public struct Policy: Sendable {
    /// For people.
    public var name: String
    /// Nil: rules alone.
    public var model: RiskModel?
    /// From which scores on the model does what; its own unless others are to be tried.
    public var thresholds: Thresholds?
    /// Nil: the model alone.
    public var rules: RuleSet?

    /// A policy; a model's own thresholds hold unless others are given.
    public init(
        name: String, model: RiskModel? = nil, thresholds: Thresholds? = nil, rules: RuleSet? = nil
    ) {
        self.name = name
        self.model = model
        self.thresholds = thresholds ?? model?.thresholds
        self.rules = rules
    }

    /// What rules can ask about: the features of the catalogue, further columns of a table, and the score.
    public static func inputs(extras: [String] = []) -> RuleInputs {
        RuleInputs(
            FeatureCatalogue.all.map { RuleInputs.Input(name: $0.name, unit: $0.unit) }
                + extras.map { RuleInputs.Input(name: $0, unit: "") })
    }
}

/// Several policies on the same labelled payments.
public struct PolicyBacktest: Sendable, Equatable, Codable {
    /// One policy, and what it met.
    public struct Result: Sendable, Equatable, Codable {
        /// The policy's name.
        public var policy: String
        /// In money.
        public var backtest = Backtest()
        /// How often each rule matched, fraud and genuine payments apart, in the rules' order.
        public var rules: [RuleMatches] = []
    }

    /// How often a rule matched.
    public struct RuleMatches: Sendable, Equatable, Codable {
        /// Its name; that of a shadow is marked as such.
        public var rule: String
        /// Frauds among the payments.
        public var fraud = 0
        /// Others.
        public var genuine = 0
    }

    /// Labelled payments of the range.
    public private(set) var rows = 0
    /// In the order of the policies.
    public private(set) var results: [Result]
    /// Columns of the table that were not looked at.
    public private(set) var ignoredColumns: [String] = []
    /// Rows that cannot be read.
    public private(set) var skipped = SkippedRows()

    private enum CodingKeys: String, CodingKey { case rows, results }

    /// Replays `table` once and lets every policy decide.
    ///
    /// - Throws: ``TrainingError`` if the table cannot be read, or a model has other inputs.
    public init(
        _ table: String, _ policies: [Policy], reading: TableOptions,
        progress: (TrainingProgress) -> Void = { _ in }
    ) throws(TrainingError) {
        var inputs: ModelInputs?
        for case let model? in policies.map(\.model) {
            let own = try ModelInputs(model, reading, isOfColumns: false)
            guard inputs == nil || inputs?.reading == own.reading else {
                throw .model(
                    "the models were fitted with other further columns: back-test them one by one")
            }
            inputs = own
        }
        let source = inputs ?? ModelInputs(catalogueWith: reading)
        let names = FeatureCatalogue.all.map(\.name) + source.reading.extras
        let scorers = policies.map { $0.model.map(ModelScores.init) }
        var results = policies.map { policy in
            Result(
                policy: policy.name,
                rules: (policy.rules?.names(matches: .max) ?? []).map { RuleMatches(rule: $0) })
        }
        var rows = 0
        let tiles = try InputTiles.read(
            table, source, names: names, progress: progress,
            wants: { $1 && $0.isFraud != nil },
            body: { waiting, matrix in
                rows += waiting.count
                for (index, policy) in policies.enumerated() {
                    let scores = scorers[index]?.scores(matrix, count: waiting.count)
                    for (place, payment) in waiting.enumerated() {
                        let isFraud = payment.isFraud == true
                        let score = scores?[place] ?? .nan
                        var action = policy.thresholds?.action(score: score) ?? .approve
                        if let rules = policy.rules {
                            let row = UnsafeBufferPointer(
                                start: matrix.row(place), count: names.count)
                            let matches = rules.matches(row, score: score)
                            action = rules.action(matches: matches, model: action)
                            for rule in rules.rules.indices where matches >> UInt64(rule) & 1 == 1 {
                                if isFraud {
                                    results[index].rules[rule].fraud += 1
                                } else {
                                    results[index].rules[rule].genuine += 1
                                }
                            }
                        }
                        results[index].backtest.add(
                            action, isFraud: isFraud, amount: payment.amount,
                            currency: payment.currency)
                    }
                }
            })
        guard rows > 0 else { throw .noRows("the range") }
        self.rows = rows
        self.results = results
        ignoredColumns = tiles.ignoredColumns
        skipped = tiles.skipped
    }

    /// For people: a table for each policy and currency, and one of the rules.
    public var text: String {
        var text = "\(rows) labelled payments\n\n"
        for result in results {
            text += result.backtest.text(title: result.policy)
            guard !result.rules.isEmpty else { continue }
            var table = TextTable("rule", "fraud", "genuine", "precision")
            for rule in result.rules {
                let all = rule.fraud + rule.genuine
                table.add(
                    rule.rule, "\(rule.fraud)", "\(rule.genuine)",
                    all > 0 ? FigureText.percent(Double(rule.fraud) / Double(all)) : "–")
            }
            text += table.text + "\n"
        }
        return text
    }
}

extension Thresholds {
    /// What is done from a score on; a missing score is approved.
    func action(score: Double) -> DecisionAction {
        score >= decline
            ? .decline : score >= hold ? .hold : score >= challenge ? .challenge : .approve
    }
}
