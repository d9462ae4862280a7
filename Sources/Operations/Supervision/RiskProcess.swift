internal import Foundation
public import Logging
internal import PostingStream
internal import RiskEngine
internal import Scoring
internal import WalletAPI

/// `holdfast risk`: the engine on the postings stream.
public struct RiskProcess: Sendable {
    private let home: Home
    private let modelPath: String
    private let stream: StreamAddress?
    private let metrics: MetricsAddress?
    private let logger: Logger

    /// - Parameters:
    ///   - stream: where the postings come from; this home's own wallet unless given.
    ///   - metrics: where measurements are served; nowhere unless given.
    public init(
        _ home: Home, model: String, stream: StreamAddress? = nil, metrics: MetricsAddress? = nil,
        logger: Logger
    ) {
        self.home = home
        modelPath = model
        self.stream = stream
        self.metrics = metrics
        self.logger = logger
    }

    /// Decides until `stop` is raised. A model that cannot be used is refused by name; nothing is scored then.
    public func run(_ stop: StopSignal) throws {
        let model = try RiskModel.load(path: modelPath)
        let address = try home.streamAddress(stream)
        let keys = try StreamKeys(home).clientKeys(address)
        logger.info("model", metadata: ["path": "\(modelPath)", "sha256": "\(model.hash)"])
        // Deciding does not depend on it.
        do throws(OperationError) { try home.keep(model, from: modelPath) } catch {
            logger.warning("the model is not kept in the home", metadata: ["error": "\(error)"])
        }
        var settings = EngineService.Settings(model: model, snapshotPath: home.snapshotPath)
        settings.modelFor = home.keptModels
        let shadow = ShadowFile(home.shadowPath, logger: logger)
        settings.onShadow = { shadow.append($0) }
        let service = EngineService(
            settings, address: address.text, keys: keys, logger: logger)
        stop.onRaise(service.stopper)
        let server = try metricsServer(service.counters)
        defer { server?.stop() }
        try service.run()
    }

    private func metricsServer(
        _ counters: EngineCounters
    ) throws(OperationError) -> MetricsServer? {
        guard let metrics else { return nil }
        let server = try MetricsServer(metrics) {
            var text = PrometheusText()
            text.add(counters)
            return text.text
        }
        logger.info(
            "serving metrics",
            metadata: ["address": "http://\(metrics.host):\(server.port)/metrics"])
        return server
    }
}
