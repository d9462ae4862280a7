internal import Cryptography
internal import EventLog
internal import Features
internal import Ledger
internal import RiskEngine
internal import Scoring

/// Computes every engine's decision again, from the log's first event on, and compares it bit for bit.
///
/// The features are those at the reserve, the model that of the epoch that decided. Reserves without an engine's
/// decision keep their features until the end: about a kilobyte each.
struct DecisionReproduction: ~Copyable {
    private var features: FeatureReplay
    private var waiting: [TransferID: Waiting] = [:]
    private var models: [ModelSlot] = []
    private let labelDelaySeconds: Int64
    private let catalogueHash: [UInt8]
    private let build: String
    private let fingerprint: String
    private let modelFor: @Sendable ([UInt8]) -> RiskModel?
    private var dependence: ErasedDependence
    private(set) var reproduced: Int64 = 0
    private(set) var apart: [String: Int64] = [:]

    private struct Waiting {
        var features: [Double]
        var marks: ListMarks
    }

    /// A decider that is lent out and put back; one for each model and rules, whatever the number of epochs.
    private final class ModelSlot {
        let policy: PolicyDetail
        var decider: RowDecider
        init(policy: PolicyDetail, decider: consuming RowDecider) {
            self.policy = policy
            self.decider = decider
        }
    }

    init(
        capacity: FeatureCapacity, build: String, fingerprint: String, rebases: [Sequence],
        modelFor: @escaping @Sendable ([UInt8]) -> RiskModel?
    ) {
        features = FeatureReplay(capacity: capacity)
        labelDelaySeconds = capacity.labelDelaySeconds
        catalogueHash = FeatureCatalogue.hash(labelDelaySeconds: capacity.labelDelaySeconds)
        self.build = build
        self.fingerprint = fingerprint
        self.modelFor = modelFor
        dependence = ErasedDependence(rebases: rebases)
    }

    /// Contexts that were erased, in the order of their events: those of the batches that are consumed next.
    mutating func know(erased: [ContextOpener.Erased]) {
        for context in erased { dependence.add(context) }
    }

    /// Applies a batch, and checks the decisions that came with it.
    mutating func consume(
        _ batch: EventBatch, _ contexts: RiskContexts, engines: [UInt32: EngineDetail],
        _ findings: inout Findings
    ) {
        var rows: [(TransferID, Waiting)] = []
        features.consume(batch, contexts: contexts) { event, row, marks in
            rows.append((event.transfer, Waiting(features: Array(row), marks: marks)))
        }
        for (transfer, row) in rows { waiting[transfer] = row }
        for item in batch.decisions where item.value.action != .notEvaluated {
            check(
                item.value, batch.event(at: item.index),
                batch.decisionDetails.value(at: item.index), engines, &findings)
        }
    }

    private mutating func check(
        _ decision: Decision, _ event: Event, _ detail: DecisionDetail?,
        _ engines: [UInt32: EngineDetail], _ findings: inout Findings
    ) {
        let row = waiting.removeValue(forKey: event.transfer)
        guard let engine = engines[decision.epoch] else {
            return findings.breach(
                .reproduction,
                "\(event.place) records a decision of epoch \(decision.epoch), which no engine opened"
            )
        }
        guard let slot = slot(for: engine, decision.sequence) else { return }
        guard let row else {
            return findings.breach(
                .reproduction,
                "\(event.place) decides \(event.transfer), which was never asked about")
        }
        let expected = models[slot].decider.decide(
            event.transfer, sequence: decision.sequence, epoch: decision.epoch,
            features: row.features,
            marks: row.marks)
        let differences = Self.differences(decision, detail, expected)
        if !differences.isEmpty, dependence.mayHold(for: decision.sequence) {
            _ = leaveApart("no longer reproducible: they depended on what was erased since")
            return
        }
        // Only here, so that nothing that is apart counts as looked at.
        findings.checked(.reproduction)
        if differences.isEmpty {
            reproduced += 1
        } else {
            findings.breach(
                .reproduction,
                "\(event.place) decides \(event.transfer) with other "
                    + differences.joined(separator: ", ") + " than its replay")
        }
    }

    /// Where the decider of a reserve is kept, by the policy in force or, before the first, the model of the epoch; nil if
    /// its decisions cannot be computed here, which is counted.
    private mutating func slot(for engine: EngineDetail, _ reserve: Sequence) -> Int? {
        if engine.build != build { return leaveApart("made by build \(engine.build)") }
        if engine.catalogueHash != catalogueHash {
            return leaveApart("made with another catalogue of features")
        }
        if engine.fingerprint != fingerprint {
            return leaveApart("made with other numerics: \(engine.fingerprint)")
        }
        var policy = features.policy(for: reserve) ?? PolicyDetail(modelHash: engine.modelHash)
        // What a challenger says is in no decision.
        policy.challengerHash = []
        if let known = models.firstIndex(where: { $0.policy == policy }) { return known }
        let name = Hexadecimal.encode(Array(policy.modelHash.prefix(6)))
        guard let model = modelFor(policy.modelHash), model.hash.bytes == policy.modelHash else {
            return leaveApart("made by model \(name)…, which is not here")
        }
        do throws(EngineError) {
            let decider = try RowDecider(policy, labelDelaySeconds: labelDelaySeconds) { _ in model
            }
            models.append(ModelSlot(policy: policy, decider: decider))
        } catch { return leaveApart("made by model \(name)…: \(error)") }
        return models.count - 1
    }

    private mutating func leaveApart(_ reason: String) -> Int? {
        apart[reason, default: 0] += 1
        return nil
    }

    private static func differences(
        _ decision: Decision, _ detail: DecisionDetail?, _ expected: TransferDecision
    ) -> [String] {
        var names: [String] = []
        func compare(_ isEqual: Bool, _ name: String) { if !isEqual { names.append(name) } }
        compare(decision.sequence == expected.decision.sequence, "sequence")
        compare(decision.featureDigest == expected.decision.featureDigest, "features")
        compare(decision.scoreBits == expected.decision.scoreBits, "score")
        compare(decision.action == expected.decision.action, "action")
        compare((detail == nil) == (expected.detail == nil), "detail")
        guard let detail, let other = expected.detail else { return names }
        compare(
            detail.features.map(\.bitPattern) == other.features.map(\.bitPattern),
            "feature vector")
        compare(detail.rules == other.rules, "rules")
        compare(detail.reasons.map(Bits.init) == other.reasons.map(Bits.init), "reasons")
        return names
    }

    /// A reason's bits: a value that is not a number equals itself.
    private struct Bits: Equatable {
        var names: [String]
        var numbers: [UInt64]
        init(_ reason: Reason) {
            names = [reason.code, reason.feature]
            numbers = [reason.value, reason.baseline, reason.contribution].map(\.bitPattern)
        }
    }
}
