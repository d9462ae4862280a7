internal import EventLog
internal import Foundation
internal import Ledger
internal import PostgreSQL
internal import RiskEngine
internal import Scoring

/// Replays a home's log from its first event through an engine of this build.
public struct LogReplay: Sendable {
    /// What was replayed, and how long it took.
    public struct Result: Sendable {
        /// Events of the log.
        public var events: Int64 = 0
        /// Decisions that the replay came to.
        public var decided: Int64 = 0
        /// Reserves that no outcome has come for yet.
        public var pending: Int64 = 0
        /// Time taken, in seconds.
        public var seconds = 0.0
    }
    private let home: Home
    private let modelPath: String

    /// A replay of a home's log with the model of a file.
    public init(_ home: Home, model: String) {
        self.home = home
        modelPath = model
    }

    /// `progress` is told the share that is done. A cluster that does not run is started for the time it takes.
    public func run(progress: (Double) -> Void) throws -> Result {
        try home.withRunningCluster { cluster, _ in
            var connection = try Connection(cluster.connection(application: "holdfast-replay"))
            try home.requireSealedContexts(&connection)
            return try replay(&connection, progress)
        }
    }

    private func replay(
        _ connection: inout Connection, _ progress: (Double) -> Void
    ) throws -> Result {
        let head = try LogReader.head(&connection)
        let model = try RiskModel.load(path: modelPath)
        var engine = try Engine(
            model: model,
            configuration: EngineConfiguration(
                build: EngineService.build, logID: head.logID.description),
            modelFor: home.keptModels)
        try engine.goLive(epoch: 0)
        var result = Result()
        var opener = ContextOpener(try MasterKeys(home).keyring())
        let start = ContinuousClock.now
        while engine.sequence < head.sequence {
            let batches = try LogReader.batches(
                after: engine.sequence, limit: 256, opening: &opener, &connection)
            guard !batches.isEmpty else { break }
            for batch in batches {
                let hash = engine.runningHash.adding(payload: batch.payload)
                guard hash == batch.runningHash else {
                    throw OperationError(
                        "batch \(batch.firstSequence.rawValue) does not continue the log")
                }
                try engine.consume(
                    EventBatch(encoded: batch.payload), contexts: batch.contexts, hash: hash
                ) { _ in result.decided += 1 }
            }
            progress(Double(engine.sequence.rawValue) / Double(max(1, head.sequence.rawValue)))
        }
        result.seconds = Double((ContinuousClock.now - start) / .milliseconds(1)) / 1_000
        result.events = engine.sequence.rawValue
        result.pending = Int64(engine.pendingCount)
        return result
    }
}
