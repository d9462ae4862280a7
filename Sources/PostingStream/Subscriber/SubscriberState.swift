internal import EventLog
internal import ZeroMQ

/// One session of a subscriber.
struct SubscriberState {
    private let session: UInt64
    private let helloMilliseconds: Int64
    private(set) var isOpen = false
    private(set) var isRefused = false
    /// Why the publisher opened no session, or ended it.
    private(set) var refusal = ""
    /// Messages that are no frames, and why the last of them is none.
    private(set) var droppedFrames = 0
    private(set) var lastDropReason = ""
    private var hasGap = false
    private var next = Sequence.zero
    private var consumed = Sequence.zero
    private var told = Sequence.zero
    private var heardAt = Timestamp.none
    private var beatAt = Timestamp.none

    /// A hello is waited for so long.
    init(session: UInt64, helloMilliseconds: Int64) {
        self.session = session
        self.helloMilliseconds = helloMilliseconds
    }

    mutating func sayHello(
        _ follower: any StreamFollower, _ socket: borrowing Socket, at now: Timestamp
    ) throws(ZeroMQError) {
        let hello = follower.hello()
        next = hello.sequence.advanced(by: 1)
        consumed = hello.sequence
        told = hello.sequence
        heardAt = now
        _ = try socket.send([Frame(session: session, body: .hello(hello)).encoded()])
    }

    mutating func received(
        _ parts: [[UInt8]], _ follower: any StreamFollower, _ socket: borrowing Socket,
        at now: Timestamp
    ) throws {
        let frame: Frame
        do throws(FrameError) { frame = try Frame(encoded: parts.first ?? []) } catch {
            droppedFrames += 1
            lastDropReason = error.detail
            return
        }
        guard frame.session == session else { return }
        heardAt = now
        switch frame.body {
        case .welcome(let welcome):
            isOpen = true
            next = welcome.after.advanced(by: 1)
            consumed = welcome.after
            told = welcome.after
            follower.welcome(welcome)
        case .refused(let reason, let detail):
            isRefused = true
            refusal = detail
            if reason == .foreignState { follower.reset(detail) }
        case .batch(let firstSequence, let last, let hash):
            guard isOpen, !hasGap else { return }
            guard parts.count == 3 else {
                throw FrameError(detail: "a batch in \(parts.count) parts instead of 3")
            }
            guard firstSequence == next else {
                hasGap = true
                return
            }
            let batch = StoredBatch(
                firstSequence: firstSequence, lastSequence: last, payload: parts[1],
                runningHash: hash,
                contexts: try RiskContexts(encoded: parts[2]))
            let decisions = try follower.receive(batch)
            next = last.advanced(by: 1)
            consumed = last
            if !decisions.isEmpty { try send(decisions, socket) }
            // Credit goes back in steps, not with every batch.
            if consumed.rawValue - told.rawValue >= Int64(Subscriber.eventCredit / 8) {
                try tell(socket)
            }
        case .heartbeat, .hello, .consumed, .decisions: break
        }
    }

    /// What is to be done after a group of messages, and regularly.
    mutating func rest(
        _ follower: any StreamFollower, _ socket: borrowing Socket, at now: Timestamp
    ) throws(ZeroMQError) {
        let decisions = follower.idle()
        guard isOpen else { return }
        if !decisions.isEmpty { try send(decisions, socket) }
        if consumed > told { try tell(socket) }
        if now >= beatAt {
            beatAt = now.adding(milliseconds: 500)
            _ = try socket.send([
                Frame(session: session, body: .heartbeat(live: follower.isLive)).encoded()
            ])
        }
    }

    func isOver(at now: Timestamp) -> Bool {
        if hasGap || isRefused { return true }
        let patience = isOpen ? Subscriber.silenceMilliseconds : helloMilliseconds
        return now > heardAt.adding(milliseconds: patience)
    }

    private mutating func tell(_ socket: borrowing Socket) throws(ZeroMQError) {
        told = consumed
        _ = try socket.send([Frame(session: session, body: .consumed(consumed)).encoded()])
    }

    /// Decisions that do not fit into the queue are not lost: they stay pending, and are said again.
    private func send(_ decisions: [TransferDecision], _ socket: borrowing Socket)
        throws(ZeroMQError)
    {
        for frame in Frame.encoded(decisions, session: session) { _ = try socket.send([frame]) }
    }
}
