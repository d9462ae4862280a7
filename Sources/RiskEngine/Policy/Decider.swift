internal import EventLog
internal import Features
internal import Rules
internal import Scoring

/// What one policy decides with: a model, rules, and a challenger that is only listened to. One code for engines and
/// for those who check them. A class, because it is lent out together with the work space of its scorers.
final class Decider {
    let policy: PolicyDetail
    let modelHash: [UInt8]
    var scorer: Scorer
    private let thresholds: DecisionPolicy
    private let rules: RuleSet
    private var challenger: Challenger?

    /// A model that scores in shadow.
    final class Challenger {
        let modelHash: [UInt8]
        var scorer: Scorer
        let thresholds: DecisionPolicy
        init(_ model: RiskModel) {
            modelHash = model.hash.bytes
            scorer = Scorer(model)
            thresholds = DecisionPolicy(model.thresholds)
        }
    }

    /// - Parameter modelFor: gives the models that a policy names by hash; nil for what is not there.
    /// - Throws: ``EngineError`` if a model is missing or was made for other features, or the rules cannot be read.
    init(
        _ policy: PolicyDetail, labelDelaySeconds: Int64, modelFor: ([UInt8]) -> RiskModel?
    ) throws(EngineError) {
        func model(_ hash: [UInt8]) throws(EngineError) -> RiskModel {
            guard let model = modelFor(hash), model.hash.bytes == hash else {
                throw EngineError(.missingModel(hash))
            }
            try Engine.checkFeatures(of: model, labelDelaySeconds: labelDelaySeconds)
            return model
        }
        self.policy = policy
        modelHash = policy.modelHash
        let champion = try model(policy.modelHash)
        scorer = Scorer(champion)
        thresholds = DecisionPolicy(champion.thresholds)
        if policy.challengerHash.isEmpty {
            challenger = nil
        } else {
            challenger = Challenger(try model(policy.challengerHash))
        }
        do throws(RuleError) {
            rules = try RuleSet(policy.rules, inputs: .catalogue)
        } catch { throw EngineError(.unreadableRules("\(error)")) }
    }

    func score(
        rows: UnsafePointer<Double>, count: Int, into probabilities: UnsafeMutablePointer<Double>
    ) { scorer.score(rows: rows, count: count, into: probabilities) }

    /// The decision about one of the rows that were just scored; `elapsedMicros` is 0.
    ///
    /// - Parameter place: where the row stood among them.
    func decision(
        about transfer: TransferID, sequence: Sequence, epoch: UInt32, probability: Double,
        marks: ListMarks, at place: Int, row: UnsafePointer<Double>
    ) -> TransferDecision {
        let features = UnsafeBufferPointer(start: row, count: FeatureCatalogue.count)
        let (action, matched) = judge(features, probability, marks)
        let decision = Decision(
            action: action, scoreBits: probability.bitPattern,
            featureDigest: FeatureDigest.digest(features), sequence: sequence, epoch: epoch,
            elapsedMicros: 0)
        if action == .approve, matched == 0, marks.isEmpty {
            return TransferDecision(transfer: transfer, decision: decision, detail: nil)
        }
        let detail = DecisionDetail(
            features: Array(features), reasons: reasons(at: place, row),
            rules: marks.names + rules.names(matches: matched))
        return TransferDecision(transfer: transfer, decision: decision, detail: detail)
    }

    /// The model's word, then the rules', then the lists'.
    private func judge(
        _ features: UnsafeBufferPointer<Double>, _ probability: Double, _ marks: ListMarks
    ) -> (DecisionAction, UInt64) {
        var action = thresholds.action(probability: probability)
        var matched: UInt64 = 0
        if !rules.rules.isEmpty {
            matched = rules.matches(features, score: probability)
            action = rules.action(matches: matched, model: action)
        }
        if marks.isOn(.deny) { return (.decline, matched) }
        if marks.isOn(.allow) { return (.approve, matched) }
        return (action, matched)
    }

    private func reasons(at place: Int, _ row: UnsafePointer<Double>) -> [Reason] {
        scorer.strongestParts(Engine.maximumReasons, at: place, row: row).map { part in
            let code = part.feature.map { FeatureCatalogue.all[$0].reasonCode }
            return Reason(
                code: code ?? Engine.forestCode, feature: part.name, value: part.value,
                baseline: part.baseline, contribution: part.contribution)
        }
    }

    /// What the challenger says of the same rows, given to `body` one by one; nothing without a challenger.
    func challenge(
        rows: UnsafePointer<Double>, count: Int,
        _ body: (Int, _ probability: Double, DecisionAction) -> Void
    ) {
        guard let challenger else { return }
        withUnsafeTemporaryAllocation(of: Double.self, capacity: count) { scores in
            guard let base = scores.baseAddress else { return }
            challenger.scorer.score(rows: rows, count: count, into: base)
            for place in 0..<count {
                body(place, base[place], challenger.thresholds.action(probability: base[place]))
            }
        }
    }

    /// SHA-256 of the challenger's file; nil without one.
    var challengerHash: [UInt8]? { challenger?.modelHash }
}

extension RuleInputs {
    /// The features of the catalogue, in order.
    static let catalogue = RuleInputs(
        FeatureCatalogue.all.map { Input(name: $0.name, unit: $0.unit) })
}
