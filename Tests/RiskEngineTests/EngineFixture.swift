import EventLog
import Features
import Foundation
import RiskEngine
import Scoring

/// A small log and everything an engine needs to consume it.
struct EngineFixture {
    let model: RiskModel
    let batches: [(events: EventBatch, contexts: RiskContexts, hash: RunningHash)]

    static let configuration = EngineConfiguration(
        build: "test", logID: "log",
        capacity: FeatureCapacity(
            payers: 1000, parties: 8000, relations: 16_000, attempts: 8192, pending: 4096),
        pendingLimit: 1000)

    init(events: Int, batchEvents: Int = 20, seed: UInt64) throws {
        var settings = BenchmarkWorkload.Settings()
        settings.events = events
        settings.batchEvents = batchEvents
        settings.payers = 200
        settings.payees = 50
        settings.seed = seed
        model = try BenchmarkModel.make(trees: 10, intercept: -0.8)
        batches = try BenchmarkWorkload(settings).batches.map {
            (
                try EventBatch(encoded: $0.payload), try RiskContexts(encoded: $0.contexts), $0.hash
            )
        }
    }

    /// The model, as if it had been fitted with another label delay.
    func model(labelDelaySeconds: Int64) throws -> RiskModel {
        try RiskModel(
            catalogueHash: FeatureCatalogue.hash(labelDelaySeconds: labelDelaySeconds),
            terms: model.terms, forest: model.forest, intercept: model.intercept,
            calibration: model.calibration, thresholds: model.thresholds)
    }

    func engine() throws -> Engine {
        try Engine(model: model, configuration: Self.configuration)
    }

    /// Consumes batches, and returns all decisions.
    func consume(_ engine: inout Engine, _ range: Range<Int>) throws -> [TransferDecision] {
        var decisions: [TransferDecision] = []
        for batch in batches[range] {
            try engine.consume(batch.events, contexts: batch.contexts, hash: batch.hash) {
                decisions.append($0)
            }
        }
        return decisions
    }

    static func temporaryPath(_ name: String) -> String {
        FileManager.default.temporaryDirectory
            .appendingPathComponent("holdfast-\(name)-\(UUID().uuidString)").path
    }
}

extension [TransferDecision] {
    /// What must be equal bit for bit; the comparison of rows must not stumble over NaN.
    var bits: [String] {
        map { item in
            let detail = item.detail.map {
                "\($0.features.map(\.bitPattern)) \($0.reasons.map { ($0.code, $0.contribution.bitPattern) })"
            }
            return "\(item.transfer) \(item.decision) \(detail ?? "")"
        }
    }
}
