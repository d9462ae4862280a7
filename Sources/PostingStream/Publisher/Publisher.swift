public import EventLog
internal import Foundation
public import Logging
internal import Synchronization
internal import ZeroMQ

/// Serves the postings stream: one thread that owns the socket and runs ``PublisherState``. Publishing never waits
/// for a subscriber.
public final class Publisher: Sendable {
    /// What happened since the publisher began.
    public struct Statistics: Sendable {
        /// Sessions that are open, or being opened.
        public var subscribers = 0
        /// Batches given to subscribers, each time one was.
        public var batchesSent = 0
        /// Messages that are no frames, too large, or out of place.
        public var droppedFrames = 0
        /// Decisions about what was not sent, or said twice.
        public var droppedDecisions = 0
        /// Hellos of engines that were refused because epochs had been opened too often.
        public var refusedEngines = 0
        /// Connections with a key that is not on the allow-list.
        public var refusedPeers = 0
        /// Connections that speak no ZeroMQ, no CURVE where it is asked for, or to another server's key.
        public var failedHandshakes = 0
        /// Connections that ended: their peer left, or libzmq cut it off, for a message that is too large to be
        /// received at all or a protocol older than CURVE.
        public var disconnections = 0
    }

    /// A peer that sends a larger message than this is cut off before it is received, in bytes. Smaller ones that are
    /// still too large for a frame are received, counted and dropped, see ``Frame/maximumBytes``.
    static let maximumMessageSize: Int64 = 4 << 20
    private static let fetchLimit = 128
    private static let receiveLimit = 256

    private enum Input: Sendable {
        case published(StoredBatch)
        case fetched([StoredBatch], peer: [UInt8], session: UInt64)
        case admitted(PublisherState.Admission, peer: [UInt8], session: UInt64)
        case allowed(Set<[UInt8]>)
    }
    private struct Shared {
        var inputs: [Input] = []
        var isStopped = false
        var statistics = Statistics()
    }
    private let shared = Mutex(Shared())
    private let wakeup = Wakeup()
    private let source: any LogSource
    private let logger: Logger
    private let finished = DispatchSemaphore(value: 0)
    /// The endpoint as it was bound.
    public let address: String
    private let file: SocketFile?

    /// Binds and starts.
    public init(
        _ endpoint: StreamEndpoint, source: any LogSource, logger: Logger
    ) throws(StreamError) {
        self.source = source
        self.logger = logger
        let shell: PublisherShell
        do throws(ZeroMQError) { shell = try PublisherShell(endpoint) } catch {
            throw StreamError("the stream cannot be served at \(endpoint.address): \(error)")
        }
        address = shell.address
        file = SocketFile(of: shell.address)
        let handover = Handover(shell)
        let thread = Thread { [self] in
            if var shell = handover.take() { run(&shell) }
            finished.signal()
        }
        thread.name = "stream-publish"
        thread.stackSize = 4 << 20
        thread.start()
    }

    /// A batch was committed. To be called in order, without gaps.
    public func publish(_ batch: StoredBatch) { put(.published(batch)) }

    /// Public keys of the clients that may connect from now on; who is connected stays so.
    public func allow(_ keys: Set<[UInt8]>) { put(.allowed(keys)) }

    /// The counters, brought up to date ten times a second.
    public var statistics: Statistics { shared.withLock { $0.statistics } }

    /// Whether subscribers can still find this publisher: another process that serves the same `ipc://` address puts
    /// its own file there, and anybody may remove it.
    public var isReachable: Bool { file == SocketFile(of: address) }

    /// Ends the thread and closes the socket. Blocks until done.
    public func stop() {
        shared.withLock { $0.isStopped = true }
        wakeup.signal()
        finished.wait()
        finished.signal()
    }

    private func put(_ input: Input) {
        shared.withLock { $0.inputs.append(input) }
        wakeup.signal()
    }

    // MARK: - The thread

    private func run(_ shell: inout PublisherShell) {
        var state = PublisherState()
        var nextTick = Timestamp.none
        var complaints = Complaints()
        while true {
            let (inputs, isStopped) = shared.withLock { shared in
                defer { shared.inputs.removeAll(keepingCapacity: true) }
                return (shared.inputs, shared.isStopped)
            }
            if isStopped { return }
            do throws(ZeroMQError) {
                for input in inputs {
                    if case .allowed(let keys) = input { shell.allow(keys) }
                    try perform(handle(input, &state), &state, &shell)
                }
                // Bounded, so that no peer can keep the thread from everything else.
                var received = 0
                while received < Self.receiveLimit, let (peer, frame) = try shell.receive() {
                    received += 1
                    try perform(state.received(frame, from: peer, at: .wall), &state, &shell)
                }
                if Timestamp.wall >= nextTick {
                    try perform(state.tick(at: .wall), &state, &shell)
                    nextTick = Timestamp.wall.adding(milliseconds: 100)
                    try shell.countConnectionEvents()
                    update(state, shell, &complaints)
                }
                try shell.wait(wakeup, milliseconds: 100)
            } catch {
                logger.error("the stream failed", metadata: ["error": "\(error)"])
                Thread.sleep(forTimeInterval: 0.1)
            }
        }
    }

    private func handle(_ input: Input, _ state: inout PublisherState) -> [PublisherState.Action] {
        switch input {
        case .published(let batch): state.published(batch, at: .wall)
        case .fetched(let batches, let peer, let session):
            state.fetched(batches, peer, session: session, at: .wall)
        case .admitted(let admission, let peer, let session):
            state.admitted(admission, peer, session: session, at: .wall)
        case .allowed: []
        }
    }

    private func perform(
        _ actions: [PublisherState.Action], _ state: inout PublisherState,
        _ shell: inout PublisherShell
    ) throws(ZeroMQError) {
        // Who takes no more now gets nothing out of order either.
        var stalled: Set<[UInt8]> = []
        for action in actions {
            switch action {
            case .send(let peer, let frame):
                switch try shell.send([peer, frame.encoded()]) {
                case .queued: break
                case .full:
                    if state.unsent(frame, to: peer, at: .wall) { stalled.insert(peer) }
                case .unreachable: state.lost(peer)
                }
            case .sendBatch(let peer, let session, let batch):
                if stalled.contains(peer) { continue }
                switch try shell.send(batch, to: peer, session: session) {
                case .queued: shared.withLock { $0.statistics.batchesSent += 1 }
                case .full:
                    stalled.insert(peer)
                    state.stalled(peer, session: session, at: batch.firstSequence)
                case .unreachable:
                    stalled.insert(peer)
                    state.lost(peer)
                }
            case .fetch(let peer, let session, let after): fetch(after, peer, session)
            case .admit(let peer, let session, let hello): admit(hello, peer, session)
            case .admitStandby(let peer, let session, let hello):
                admit(hello, peer, session, asStandby: true)
            case .decided(let decisions): source.decided(decisions)
            case .heard(let live): source.heard(live: live)
            }
        }
    }

    private func fetch(_ after: Sequence, _ peer: [UInt8], _ session: UInt64) {
        Task {
            do {
                let batches = try await source.batches(after: after, limit: Self.fetchLimit)
                put(.fetched(batches, peer: peer, session: session))
            } catch {
                logger.warning("the log cannot be read", metadata: ["error": "\(error)"])
                try? await Task.sleep(for: .milliseconds(200))
                put(.fetched([], peer: peer, session: session))
            }
        }
    }

    private func admit(
        _ hello: Hello, _ peer: [UInt8], _ session: UInt64, asStandby: Bool = false
    ) {
        Task {
            let admission: PublisherState.Admission
            do { admission = try await self.admission(of: hello, asStandby: asStandby) } catch {
                admission = .refused(.unavailable, "the log cannot be read now")
            }
            put(.admitted(admission, peer: peer, session: session))
        }
    }

    private func admission(
        of hello: Hello, asStandby: Bool
    ) async throws -> PublisherState.Admission {
        let head = try await source.head()
        guard case .engine(let detail) = hello.role else {
            let after = try await source.boundary(atOrBefore: min(hello.sequence, head.sequence))
            return .welcome(Welcome(logID: head.logID, epoch: 0, head: head.sequence, after: after))
        }
        if hello.sequence > .zero {
            let hash = try await source.runningHash(at: hello.sequence)
            guard hello.logID == head.logID, hash == hello.runningHash else {
                return .refused(
                    .foreignState, "event \(hello.sequence.rawValue) of this log is another one")
            }
        }
        let epoch = asStandby ? 0 : try await source.activate(detail)
        return .welcome(
            Welcome(logID: head.logID, epoch: epoch, head: head.sequence, after: hello.sequence))
    }

    private func update(
        _ state: PublisherState, _ shell: borrowing PublisherShell, _ complaints: inout Complaints
    ) {
        let (refused, failed) = (shell.refusedCount, shell.failedHandshakes)
        let ended = shell.disconnections
        let statistics = shared.withLock { shared in
            shared.statistics.subscribers = state.sessionCount
            shared.statistics.droppedFrames = state.droppedFrames
            shared.statistics.droppedDecisions = state.droppedDecisions
            shared.statistics.refusedEngines = state.refusedEngines
            shared.statistics.refusedPeers = refused
            shared.statistics.failedHandshakes = failed
            shared.statistics.disconnections = ended
            return shared.statistics
        }
        complaints.log(statistics, dropReason: state.lastDropReason, to: logger)
    }
}

/// What is said once, and only counted from then on: a peer cannot fill the log.
private struct Complaints {
    private var isFrameSaid = false
    private var isDecisionSaid = false
    private var isEngineSaid = false
    private var isKeySaid = false
    private var isHandshakeSaid = false
    private var isEndSaid = false

    mutating func log(_ statistics: Publisher.Statistics, dropReason: String, to logger: Logger) {
        if statistics.droppedFrames > 0, !isFrameSaid {
            isFrameSaid = true
            logger.warning("a stream frame was dropped", metadata: ["reason": "\(dropReason)"])
        }
        if statistics.droppedDecisions > 0, !isDecisionSaid {
            isDecisionSaid = true
            logger.warning("an engine decided what it was not sent, or twice; that was dropped")
        }
        if statistics.refusedEngines > 0, !isEngineSaid {
            isEngineSaid = true
            logger.warning("an engine was refused for a while: too many were let in before it")
        }
        if statistics.refusedPeers > 0, !isKeySaid {
            isKeySaid = true
            logger.warning("a stream client was refused: its key is not on the allow-list")
        }
        if statistics.failedHandshakes > 0, !isHandshakeSaid {
            isHandshakeSaid = true
            logger.warning(
                "a connection to the stream was refused: it is no ZeroMQ, or without the right keys"
            )
        }
        if statistics.disconnections > 0, !isEndSaid {
            isEndSaid = true
            logger.info(
                "a connection to the stream ended: its peer left, or was cut off",
                metadata: ["maximum_bytes": "\(Publisher.maximumMessageSize)"])
        }
    }
}

extension Timestamp {
    /// This machine's clock; for time-outs only.
    static var wall: Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Timestamp(Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000)
    }
}
