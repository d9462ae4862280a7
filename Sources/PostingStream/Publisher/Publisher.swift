public import EventLog
internal import Foundation
public import Logging
internal import Synchronization
internal import ZeroMQ

/// Serves the postings stream: one thread that owns the socket and runs ``PublisherState``. Publishing never waits
/// for a subscriber.
public final class Publisher: Sendable {
    public struct Statistics: Sendable {
        public var subscribers = 0
        public var batchesSent = 0
        public var droppedFrames = 0
        /// Decisions about what was not sent, or said twice.
        public var droppedDecisions = 0
        public var refusedPeers = 0
    }

    /// Largest message that is taken from a peer, in bytes.
    static let maximumMessageSize: Int64 = 16 << 20
    private static let fetchLimit = 128
    private static let receiveLimit = 256

    private enum Input: Sendable {
        case published(StoredBatch)
        case fetched([StoredBatch], peer: [UInt8], session: UInt64)
        case admitted(PublisherState.Admission, peer: [UInt8], session: UInt64)
        case allowed(Set<[UInt8]>)
    }
    /// What was said already.
    private struct Reported {
        var droppedFrame = false
        var droppedDecision = false
        var refusedPeer = false
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

    public var statistics: Statistics { shared.withLock { $0.statistics } }

    /// Whether subscribers can still find this publisher: another process that serves, or ceases to serve, the same
    /// `ipc://` address takes its file away.
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
        var reported = Reported()
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
                    update(state, shell, &reported)
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
                if case .unreachable = try shell.send([peer, frame.encoded()]) { state.lost(peer) }
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
        _ state: PublisherState, _ shell: borrowing PublisherShell, _ reported: inout Reported
    ) {
        let refused = shell.refusedCount
        shared.withLock { shared in
            shared.statistics.subscribers = state.sessionCount
            shared.statistics.droppedFrames = state.droppedFrames
            shared.statistics.droppedDecisions = state.droppedDecisions
            shared.statistics.refusedPeers = refused
        }
        // Said once, and counted from then on: a peer cannot fill the log.
        if !reported.droppedFrame, state.droppedFrames > 0 {
            reported.droppedFrame = true
            logger.warning(
                "a stream frame was dropped", metadata: ["reason": "\(state.lastDropReason)"])
        }
        if !reported.droppedDecision, state.droppedDecisions > 0 {
            reported.droppedDecision = true
            logger.warning("an engine decided what it was not sent, or twice; that was dropped")
        }
        if !reported.refusedPeer, refused > 0 {
            reported.refusedPeer = true
            logger.warning("a peer was refused: its key is not on the allow-list")
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
