internal import Cryptography
public import EventLog
internal import Features
internal import LinearAlgebra
public import Scoring

/// The risk engine: a pure state machine over the event log. It reads no clock and no random number, so the same
/// events and the same model give the same decisions, bit for bit, whatever the batches.
///
/// While it replays, nothing is scored or said; what still awaits a decision is kept with its features. Once it
/// is live, every reserve is decided when its batch is consumed, and what is pending can be asked for
/// again at any time, so that no decision is lost with a connection.
public struct Engine: ~Copyable {
    /// The last event that was applied.
    public internal(set) var sequence = Sequence.zero
    /// The log's hash at ``sequence``.
    public internal(set) var runningHash = RunningHash.start
    /// The epoch that the log says is in force; 0 before any engine was activated.
    public internal(set) var currentEpoch: UInt32 = 0
    /// The epoch that this engine's decisions carry; nil while it replays.
    public internal(set) var ownEpoch: UInt32?
    /// The model that it was started with: what it scores with until the log names another.
    public let model: RiskModel
    /// Capacity and limits, and whose log it follows.
    public let configuration: EngineConfiguration

    var features: FeatureState
    var pending: PendingDecisions
    var tile: RowTile
    var lists = ListState()
    var policies = PolicyHistory()
    /// What the policy in force decides with, once it is needed.
    var decider: Decider?
    /// What challengers said since they were last asked for.
    var shadow: [ShadowScore] = []
    let modelFor: @Sendable ([UInt8]) -> RiskModel?
    var snapshot: SnapshotWriter?
    /// Pages of the running snapshot are still to be copied.
    var isCopying = false

    /// An engine before the first event.
    ///
    /// - Parameter modelFor: gives the models that policies in the log name by the SHA-256 of their files.
    public init(
        model: RiskModel, configuration: EngineConfiguration,
        modelFor: @escaping @Sendable ([UInt8]) -> RiskModel? = { _ in nil }
    ) throws(EngineError) {
        try Self.checkFeatures(
            of: model, labelDelaySeconds: configuration.capacity.labelDelaySeconds)
        self.model = model
        self.configuration = configuration
        features = FeatureState(capacity: configuration.capacity)
        pending = PendingDecisions(
            limit: max(configuration.pendingLimit, 2 * RowTile.capacity),
            featureCount: FeatureCatalogue.count)
        self.modelFor = modelFor
        tile = RowTile(stride: Matrix.stride(columns: FeatureCatalogue.count))
    }

    /// Refuses a model that was made for other features than this build computes.
    static func checkFeatures(
        of model: RiskModel,
        labelDelaySeconds: Int64 = FeatureCapacity.standardLabelDelaySeconds
    ) throws(EngineError) {
        guard model.catalogueHash == FeatureCatalogue.hash(labelDelaySeconds: labelDelaySeconds)
        else {
            throw EngineError(
                .foreignModel(
                    "it was trained on another catalogue of features, or with another label delay"))
        }
        guard model.featureNames == FeatureCatalogue.all.map(\.name) else {
            throw EngineError(.foreignModel("its features are not this build's, in order"))
        }
    }

    /// From now on reserves are decided as they come. What is pending already is asked for with
    /// ``pendingDecisions(_:)``.
    ///
    /// - Throws: ``EngineError`` if the policy in force cannot be decided with; the engine goes on replaying then.
    public mutating func goLive(epoch: UInt32) throws(EngineError) {
        if decider == nil { decider = try decider(for: sequence.advanced(by: 1)) }
        ownEpoch = epoch
    }

    /// From now on this engine replays: nothing is decided until it is told to go live again.
    public mutating func standBy() { ownEpoch = nil }

    /// Whether reserves are decided as they come. A live engine that meets a policy it cannot decide with stands by by
    /// itself.
    public var isLive: Bool { ownEpoch != nil }

    /// SHA-256 of the model that decides, 64 lower-case hexadecimal digits; empty while none does.
    public var decidingModel: String { decider.map { Hexadecimal.encode($0.modelHash) } ?? "" }

    /// Whether decisions of this engine are the ones that count.
    public var isInForce: Bool { ownEpoch == currentEpoch }

    /// Reserves without an engine's decision in the log.
    public var pendingCount: Int { pending.count }
    /// Reserves that were given up because more were pending than the limit.
    public var droppedCount: UInt64 { pending.droppedCount }
    /// Accounts that ever tried to pay.
    public var payerCount: Int { features.payerCount }
    /// Attempts within the last 30 days.
    public var attemptCount: Int { features.attemptCount }

    /// Refuses to go on with a log that is not the one the state comes from.
    public func check(logID: String, hash: RunningHash, at sequence: Sequence) throws(EngineError) {
        guard logID == configuration.logID else {
            throw EngineError(.foreignLog("its identity is \(logID)"))
        }
        guard sequence == self.sequence else {
            throw EngineError(.gap(expected: self.sequence, found: sequence))
        }
        guard hash == runningHash else {
            throw EngineError(.foreignLog("its hash differs at sequence \(sequence.rawValue)"))
        }
    }
}
