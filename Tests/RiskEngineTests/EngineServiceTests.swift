import EventLog
import Features
import Logging
import PostingStream
import RiskEngine
import Testing

@Suite struct EngineServiceTests {
    @Test(arguments: [FeatureCapacity.standardLabelDelaySeconds, 86_400])
    func `an engine announces the catalogue of the label delay that it computes with`(
        labelDelaySeconds: Int64
    ) throws {
        let model = try EngineFixture(events: 1, seed: 1).model(
            labelDelaySeconds: labelDelaySeconds)
        var capacity = EngineFixture.configuration.capacity
        capacity.labelDelaySeconds = labelDelaySeconds
        let service = EngineService(
            EngineService.Settings(model: model, snapshotPath: nil, capacity: capacity),
            address: "ipc:///nowhere", logger: Logger(label: "test"))
        guard case .engine(let detail) = service.hello().role else {
            Issue.record("it does not say that it is an engine")
            return
        }
        #expect(detail.catalogueHash == model.catalogueHash)
        #expect(detail.modelHash == model.hash.bytes)
    }
}
