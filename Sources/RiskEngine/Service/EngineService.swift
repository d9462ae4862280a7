internal import Cryptography
public import EventLog
public import Features
internal import Foundation
internal import LinearAlgebra
public import Logging
public import PostingStream
public import Scoring

/// Runs an ``Engine`` on a postings stream: restores its snapshot, replays what came since, decides what comes, and
/// takes snapshots between batches. One thread.
public final class EngineService: StreamFollower {
    /// Version of the code that turns events into scores; a change that can change a bit changes it.
    public static let build = "1"

    /// With what an engine decides, and how it keeps its state.
    public struct Settings: Sendable {
        /// The model that it decides with.
        public var model: RiskModel
        /// Where snapshots are kept; nil for none.
        public var snapshotPath: String?
        /// A snapshot is taken after this many events…
        public var snapshotEvents: Int64
        /// … or after this long, if anything happened.
        public var snapshotSeconds: Double
        /// How much state there may be.
        public var capacity: FeatureCapacity
        /// Gives the models that policies in the log name by the SHA-256 of their files; nil for what is not there.
        public var modelFor: @Sendable ([UInt8]) -> RiskModel? = { _ in nil }
        /// Is given what challengers say.
        public var onShadow: @Sendable ([ShadowScore]) -> Void = { _ in }

        /// Settings with what is usual for all that is not given.
        public init(
            model: RiskModel, snapshotPath: String?, snapshotEvents: Int64 = 500_000,
            snapshotSeconds: Double = 60, capacity: FeatureCapacity = .standard
        ) {
            self.model = model
            self.snapshotPath = snapshotPath
            self.snapshotEvents = snapshotEvents
            self.snapshotSeconds = snapshotSeconds
            self.capacity = capacity
        }
    }

    private let settings: Settings
    private let logger: Logger
    private var engine: Engine?
    private var logID = TransferID.none
    private var epoch: UInt32 = 0
    private var head = Sequence.zero
    /// A replay from the first event began when the log was here: nothing that was erased before is in the state.
    private var cleanThrough = Sequence.zero
    /// The session is to end, and the next to begin at the first event.
    private var isRebasing = false
    /// Whether decisions are wanted of this engine once it has caught up.
    private var mayDecide = false
    private var snapshotAt = Sequence.zero
    private var snapshotTime = ContinuousClock.now
    /// When a policy that could not be used is tried again, and what was said about it.
    private var nextTry = ContinuousClock.now
    private var toldFault = ""
    private let subscriber: Subscriber
    /// What it did since it started; may be looked at from any thread while it runs.
    public let counters: EngineCounters
    /// Whether it decides events as they come; not while it replays or stands by.
    public private(set) var isLive = false
    /// The log has a newer epoch than this engine's: its decisions are refused until it has a newer one itself. An epoch
    /// can be opened for an engine that is gone, or that lost patience, after the one that this engine was let in with.
    /// Or the state is to be made anew: that takes another session, too.
    public var isSuperseded: Bool {
        isRebasing || isLive && (engine?.currentEpoch ?? 0) > epoch
    }

    /// Connects to a publisher's `address`.
    public init(
        _ settings: Settings, address: String, keys: StreamClientKeys? = nil, logger: Logger
    ) {
        self.settings = settings
        self.logger = logger
        subscriber = Subscriber(address: address, keys: keys, logger: logger)
        counters = EngineCounters(subscriber)
    }

    /// Something that ends ``run()`` from any thread.
    public var stopper: @Sendable () -> Void {
        let subscriber = subscriber
        return { subscriber.stop() }
    }

    /// Decides until stopped.
    public func run() throws(StreamError) {
        restore()
        try subscriber.run(self)
        takeLastSnapshot()
    }

    // MARK: - The stream

    /// Asks for what comes after the engine's state. Nothing is decided until the session is open.
    public func hello() -> Hello {
        if isSuperseded, !isRebasing {
            logger.notice(
                "a newer epoch is in force: asking for the next", metadata: ["epoch": "\(epoch)"])
        }
        isLive = false
        isRebasing = false
        mayDecide = false
        // What is pending is decided, once and in order, when the engine is live again.
        engine?.standBy()
        let detail = EngineDetail(
            epoch: epoch, build: Self.build, catalogueHash: configuration.catalogueHash,
            modelHash: settings.model.hash.bytes, rulesHash: [],
            fingerprint: NumericFingerprint.current.description)
        return Hello(
            role: .engine(detail), logID: logID, sequence: engine?.sequence ?? .zero,
            runningHash: engine?.runningHash ?? .start, eventCredit: Subscriber.eventCredit,
            batchCredit: Subscriber.batchCredit)
    }

    /// Replays up to the log's head, then decides if an epoch was given.
    public func welcome(_ welcome: Welcome) {
        logID = welcome.logID
        head = welcome.head
        mayDecide = welcome.epoch != 0
        if mayDecide { epoch = welcome.epoch }
        if engine == nil {
            cleanThrough = head
            do throws(EngineError) {
                engine = try Engine(
                    model: settings.model, configuration: configuration,
                    modelFor: settings.modelFor)
            } catch { logger.critical("no engine can be made", metadata: ["error": "\(error)"]) }
        }
        guard mayDecide else {
            logger.info(
                "standing by: another engine decides", metadata: ["head": "\(head.rawValue)"])
            return
        }
        logger.info(
            "the stream is open",
            metadata: [
                "epoch": "\(epoch)", "from": "\((engine?.sequence ?? .zero).rawValue)",
                "head": "\(head.rawValue)",
            ])
    }

    /// Discards the state and its snapshot.
    public func reset(_ detail: String) {
        logger.warning("the state is discarded and replayed", metadata: ["reason": "\(detail)"])
        engine?.cancelSnapshot()
        engine = nil
        logID = .none
        isLive = false
        if let path = settings.snapshotPath { try? FileManager.default.removeItem(atPath: path) }
    }

    /// Consumes a batch and decides its reserves. Throws if it does not continue the log or cannot be read.
    public func receive(_ batch: StoredBatch) throws -> [TransferDecision] {
        let arrival = ContinuousClock.now
        let events = try EventBatch(encoded: batch.payload)
        if let rebase = events.rebase, rebase > cleanThrough {
            reset("event \(rebase.rawValue) wants it without what was erased")
            isRebasing = true
            return []
        }
        var decisions: [TransferDecision] = []
        guard engine != nil else { return [] }
        guard let hash = engine?.runningHash.adding(payload: batch.payload),
            hash == batch.runningHash
        else {
            throw EngineServiceError(
                "batch \(batch.firstSequence.rawValue) does not continue the log")
        }
        try engine?.consume(events, contexts: batch.contexts, hash: hash) { decisions.append($0) }
        if !events.policies.isEmpty { tellPolicy() }
        tellShadow()
        if !decisions.isEmpty {
            let elapsed = UInt32(
                clamping: Int64((ContinuousClock.now - arrival) / .microseconds(1)))
            for index in decisions.indices { decisions[index].decision.elapsedMicros = elapsed }
        }
        return decisions
    }

    /// Goes live once the history is consumed; writes a snapshot when one is due.
    public func idle() -> [TransferDecision] {
        guard let sequence = engine?.sequence else {
            counters.note(.zero, isDeciding: false)
            return []
        }
        defer { counters.note(sequence, isDeciding: isLive) }
        var decisions: [TransferDecision] = []
        if !isLive, mayDecide, sequence >= head, goLive() {
            // From here on every reserve is decided as it comes; what was left undecided is decided now.
            engine?.pendingDecisions { decisions.append($0) }
            tellShadow()
            logger.info(
                "deciding",
                metadata: [
                    "sequence": "\(sequence.rawValue)", "pending": "\(decisions.count)",
                    "model": "\(engine?.decidingModel ?? "")",
                ])
        }
        keepSnapshots(sequence)
        return decisions
    }

    /// Whether the policy in force can be decided with; asked once a second at most.
    private func goLive() -> Bool {
        guard ContinuousClock.now >= nextTry else { return false }
        do throws(EngineError) { try engine?.goLive(epoch: epoch) } catch {
            nextTry = ContinuousClock.now + .seconds(1)
            if "\(error)" != toldFault {
                toldFault = "\(error)"
                logger.critical("nothing is decided", metadata: ["error": "\(error)"])
            }
            return false
        }
        toldFault = ""
        isLive = true
        return true
    }

    /// A policy came into force.
    private func tellPolicy() {
        guard isLive else { return }
        guard engine?.isLive == true else {
            // From now on the engine stands by, and says so with its heartbeats, until the policy can be used.
            isLive = false
            return
        }
        logger.notice(
            "another policy is in force",
            metadata: [
                "sequence": "\((engine?.sequence ?? .zero).rawValue)",
                "model": "\(engine?.decidingModel ?? "")",
            ])
    }

    private func tellShadow() {
        let scores = engine?.takeShadow() ?? []
        guard !scores.isEmpty else { return }
        counters.count(scores)
        settings.onShadow(scores)
    }

    // MARK: - Snapshots

    private var configuration: EngineConfiguration {
        EngineConfiguration(
            build: Self.build, logID: logID.description, capacity: settings.capacity)
    }

    private func restore() {
        guard let path = settings.snapshotPath, FileManager.default.fileExists(atPath: path) else {
            return
        }
        // The snapshot is of no use without the log that it belongs to.
        guard let text = try? String(contentsOfFile: path + ".log", encoding: .utf8),
            let id = TransferID(text)
        else {
            logger.warning(
                "the snapshot is not used: replaying",
                metadata: ["error": "\(path).log is missing, or does not name the snapshot's log"])
            return
        }
        logID = id
        do throws(SnapshotError) {
            let restored = try Engine.restore(
                path: path, model: settings.model, configuration: configuration,
                modelFor: settings.modelFor)
            snapshotAt = restored.sequence
            engine = consume restored
            logger.info(
                "restored", metadata: ["path": "\(path)", "sequence": "\(snapshotAt.rawValue)"])
        } catch {
            logID = .none
            logger.warning("the snapshot is not used: replaying", metadata: ["error": "\(error)"])
        }
    }

    private func keepSnapshots(_ sequence: Sequence) {
        guard let path = settings.snapshotPath, isLive else { return }
        switch engine?.continueSnapshot() ?? .idle {
        case .copying, .writing: return
        case .failed(let error):
            logger.warning("no snapshot", metadata: ["error": "\(error)"])
        case .done(let sequence):
            logger.debug("snapshot", metadata: ["sequence": "\(sequence.rawValue)"])
        case .idle: break
        }
        let events = sequence.rawValue - snapshotAt.rawValue
        let isDue =
            events >= settings.snapshotEvents
            || (events > 0
                && (ContinuousClock.now - snapshotTime) >= .seconds(settings.snapshotSeconds))
        if isDue { begin(path, at: sequence) }
    }

    private func begin(_ path: String, at sequence: Sequence) {
        snapshotAt = sequence
        snapshotTime = ContinuousClock.now
        do throws(SnapshotError) { try engine?.beginSnapshot(path: path) } catch {
            logger.warning("no snapshot", metadata: ["error": "\(error)"])
        }
        try? logID.description.write(toFile: path + ".log", atomically: true, encoding: .utf8)
    }

    /// A clean stop leaves a snapshot of its last state.
    private func takeLastSnapshot() {
        guard let path = settings.snapshotPath, let sequence = engine?.sequence, isLive else {
            return
        }
        var isOwn = false
        let deadline = ContinuousClock.now + .seconds(10)
        while ContinuousClock.now < deadline {
            switch engine?.continueSnapshot(pageLimit: 65_536) ?? .idle {
            case .copying: continue
            case .writing: Thread.sleep(forTimeInterval: 0.005)
            case .idle, .done, .failed:
                if isOwn || snapshotAt == sequence { return }
                isOwn = true
                begin(path, at: sequence)
            }
        }
    }
}

/// Why a batch is refused.
struct EngineServiceError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
