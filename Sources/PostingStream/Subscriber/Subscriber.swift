internal import EventLog
internal import Foundation
public import Logging
internal import Synchronization
internal import ZeroMQ

/// Follows a publisher's stream on the thread that calls ``run(_:)``: opens sessions, gives credit as batches are
/// consumed, and opens a new session after a gap or a silence.
public final class Subscriber: Sendable {
    /// How many events may be under way to an engine, sent and not consumed.
    public static let eventCredit = 65_536
    /// How many batches may be under way to an engine, sent and not consumed.
    public static let batchCredit = 256
    /// Silence after which the publisher is looked for anew.
    static let silenceMilliseconds: Int64 = 3_000
    static let helloMilliseconds: Int64 = 1_000

    /// What was wrong with the publisher's messages since the subscriber began.
    public struct Statistics: Sendable {
        /// Messages that are no frames.
        public var droppedFrames = 0
        /// Batches that are malformed, do not continue the log or could not be consumed, each time one came.
        public var refusedBatches = 0
    }

    /// So many causes are told apart; later ones are only counted.
    private static let causeLimit = 32

    private enum Fault: Sendable {
        case frame
        case batch
    }
    private struct Shared {
        var statistics = Statistics()
        var causes: Set<String> = []
    }
    private let shared = Mutex(Shared())
    private let address: String
    private let keys: StreamClientKeys?
    private let logger: Logger
    private let wakeup = Wakeup()
    private let isStopped = Atomic<Bool>(false)

    /// A subscriber to the publisher at `address`; `keys` are needed for `tcp://`. Nothing is connected yet.
    public init(address: String, keys: StreamClientKeys? = nil, logger: Logger) {
        self.address = address
        self.keys = keys
        self.logger = logger
    }

    /// The counters. From any thread.
    public var statistics: Statistics { shared.withLock { $0.statistics } }

    /// Makes ``run(_:)`` return. From any thread.
    public func stop() {
        isStopped.store(true, ordering: .releasing)
        wakeup.signal()
    }

    /// Follows until stopped. Throws only if this side's sockets cannot be made.
    public func run(_ follower: any StreamFollower) throws(StreamError) {
        do throws(ZeroMQError) {
            let context = try Context()
            // A publisher that is busy is given more time with every hello it does not answer.
            var patience = Self.helloMilliseconds
            var told = ""
            while !isStopped.load(ordering: .acquiring) {
                let state = try follow(follower, in: context, patience: patience)
                patience = state.isOpen ? Self.helloMilliseconds : min(2 * patience, 16_000)
                tell(state, &told)
            }
        } catch { throw StreamError("the stream at \(address) cannot be followed: \(error)") }
    }

    /// Says why no session is open, each cause once until there is one.
    private func tell(_ state: SubscriberState, _ told: inout String) {
        if isStopped.load(ordering: .acquiring) { return }
        var reason = state.refusal
        if !state.isRefused {
            if state.isOpen {
                told = ""
                return
            }
            let access = keys == nil ? "" : ", and is this side's key allowed there"
            reason = "no answer: does a publisher serve there\(access)?"
        }
        guard reason != told else { return }
        told = reason
        logger.notice(
            "the stream is not open", metadata: ["address": "\(address)", "reason": "\(reason)"])
    }

    /// Counts what is wrong with a message, and says each cause once: a publisher that is asked again and again cannot
    /// fill the log.
    private func complain(_ fault: Fault, _ reason: String) {
        let isNew = shared.withLock { shared in
            switch fault {
            case .frame: shared.statistics.droppedFrames += 1
            case .batch: shared.statistics.refusedBatches += 1
            }
            guard shared.causes.count < Self.causeLimit else { return false }
            return shared.causes.insert(reason).inserted
        }
        guard isNew else { return }
        switch fault {
        case .frame:
            logger.warning(
                "a frame of the publisher was dropped", metadata: ["reason": "\(reason)"])
        case .batch: logger.warning("a batch was refused", metadata: ["reason": "\(reason)"])
        }
    }

    /// One connection, until it is silent for too long, with what became of its session.
    private func follow(
        _ follower: any StreamFollower, in context: Context, patience: Int64
    ) throws(ZeroMQError) -> SubscriberState {
        let socket = try Socket(.dealer, in: context)
        if let keys {
            try socket.setCurveClient(
                serverKey: keys.server, publicKey: keys.own.publicKey, secretKey: keys.own.secretKey
            )
        }
        try socket.setMaximumMessageSize(64 << 20)
        try socket.setHighWaterMark(send: 2_048, receive: 2_048)
        try socket.connect(address)
        var state = SubscriberState(
            session: UInt64.random(in: 1...UInt64.max), helloMilliseconds: patience)
        try state.sayHello(follower, socket, at: .wall)
        while !isStopped.load(ordering: .acquiring) {
            _ = try Poller.wait(socket, wakeup, milliseconds: 100)
            var received = 0
            while received < 64, let parts = try socket.receive(maximumParts: 4) {
                received += 1
                let dropped = state.droppedFrames
                do { try state.received(parts, follower, socket, at: .wall) } catch let error
                    as ZeroMQError
                {
                    throw error
                } catch {
                    complain(.batch, (error as? FrameError)?.detail ?? "\(error)")
                    Thread.sleep(forTimeInterval: 0.2)
                    return state
                }
                if state.droppedFrames > dropped { complain(.frame, state.lastDropReason) }
            }
            try state.rest(follower, socket, at: .wall)
            let isSuperseded = state.isOpen && follower.isSuperseded
            if isSuperseded || state.isOver(at: .wall) {
                // A peer that is gone, a gap, or a refusal: begin again, not too fast.
                if isSuperseded || state.isRefused { Thread.sleep(forTimeInterval: 0.2) }
                return state
            }
        }
        return state
    }
}
