internal import DequeModule
internal import EventLog

/// The publisher's protocol, without sockets, clock or database: what arrives goes in, what is to be done comes out.
///
/// A session is one hello of one peer. Batches go out within the credit that the peer gave, counted from what it said
/// it consumed; what is not in memory is fetched from the log. Nothing a peer does makes this hold more than a
/// bounded amount, and nothing a peer does not do delays anybody else.
struct PublisherState {
    typealias Peer = [UInt8]

    /// What the shell is to do.
    enum Action {
        case send(Peer, Frame)
        case sendBatch(Peer, session: UInt64, StoredBatch)
        /// Find out whether the hello's state is of this log and, for an engine, open its epoch.
        case admit(Peer, session: UInt64, Hello)
        /// The same for an engine that only follows, because another one decides: no epoch is opened.
        case admitStandby(Peer, session: UInt64, Hello)
        /// Read batches after a sequence from the log.
        case fetch(Peer, session: UInt64, after: Sequence)
        case decided([TransferDecision])
        /// The engine was heard of.
        case heard(live: Bool)
    }

    /// What the log says of a hello.
    enum Admission: Sendable {
        case welcome(Welcome)
        case refused(RefusalReason, String)
    }

    /// Silence after which a peer is forgotten.
    static let silenceMilliseconds: Int64 = 10_000
    /// Silence after which an engine gives way to one that stands by.
    static let engineSilenceMilliseconds: Int64 = 3_000
    static let heartbeatMilliseconds: Int64 = 500
    /// As many reserves as an engine keeps pending: all that it can have to say of what it saw in earlier sessions.
    static let maximumEarlierDecisions = 1 << 18
    static let maximumSessions = 64
    static let maximumEventCredit = 262_144
    static let maximumBatchCredit = 512

    private var sessions: [Peer: Session] = [:]
    private var recent = RecentBatches()
    private var unsentFrames = UnsentFrames()
    /// Who decides, or will when it is let in.
    private var enginePeer: Peer?
    private var helloCount: UInt64 = 0
    /// The newest epoch that an engine was let in with; 0 if there was none.
    private var epoch: UInt32 = 0
    private var epochs = EpochAllowance()
    /// Messages that were no frames, of no session, or out of place.
    private(set) var droppedFrames = 0
    /// What the newest dropped frame was dropped for.
    private(set) var lastDropReason = ""
    /// Decisions about what was not sent, or was decided in the same session.
    private(set) var droppedDecisions = 0
    /// Hellos of engines for which no epoch was opened, because too many were.
    private(set) var refusedEngines = 0

    var sessionCount: Int { sessions.count }
    var hasEngine: Bool { enginePeer.flatMap { sessions[$0]?.isOpen } ?? false }

    // MARK: - Peers

    mutating func received(_ bytes: [UInt8], from peer: Peer, at now: Timestamp) -> [Action] {
        guard bytes.count <= Frame.maximumBytes else {
            drop("\(bytes.count) bytes, where a frame has at most \(Frame.maximumBytes)")
            return []
        }
        let frame: Frame
        do throws(FrameError) { frame = try Frame(encoded: bytes) } catch {
            drop(error.detail)
            return []
        }
        if case .hello(let hello) = frame.body {
            unsentFrames.forget(peer, unlessOf: frame.session)
            return open(hello, frame.session, peer, at: now)
        }
        if sessions[peer] == nil, case .heartbeat = frame.body {
            // Of a session with a publisher before this one, or one that was forgotten: it need not wait in silence.
            let text = "there is no such session any more"
            return [.send(peer, Frame(session: frame.session, body: .refused(.unavailable, text)))]
        }
        guard var session = sessions[peer], session.id == frame.session, session.isOpen else {
            drop("a frame of no open session")
            return []
        }
        session.heardAt = now
        var actions: [Action] = []
        switch frame.body {
        case .consumed(let sequence):
            guard sequence >= session.consumed, sequence < session.next else {
                drop("consumed \(sequence.rawValue), which was not sent")
                return []
            }
            session.consumed = sequence
            while let first = session.underWay.first, first <= sequence {
                session.underWay.removeFirst()
            }
            session.isStalled = false
            sessions[peer] = session
            actions = pump(peer, at: now)
        case .decisions(let decisions):
            guard peer == enginePeer else {
                drop("decisions from a peer that is not the engine")
                return []
            }
            let kept = session.accept(decisions)
            droppedDecisions += decisions.count - kept.count
            sessions[peer] = session
            if kept.isEmpty, !decisions.isEmpty { return [] }
            actions = [.decided(kept)]
        case .heartbeat(let live):
            session.isStalled = false
            sessions[peer] = session
            actions = pump(peer, at: now)
            if peer == enginePeer { actions.append(.heard(live: live)) }
        case .hello, .welcome, .refused, .batch:
            drop("a frame that only a publisher sends")
        }
        return actions
    }

    private mutating func open(
        _ hello: Hello, _ id: UInt64, _ peer: Peer, at now: Timestamp
    ) -> [Action] {
        guard sessions[peer] != nil || sessions.count < Self.maximumSessions else {
            return [
                .send(
                    peer, Frame(session: id, body: .refused(.unavailable, "too many subscribers")))
            ]
        }
        if let session = sessions[peer] {
            if session.id == id { return [] }
            if !session.isOpen {
                // One hello of a peer is looked up at a time, however many it sends.
                sessions[peer]?.waiting = (id, hello)
                sessions[peer]?.heardAt = now
                return []
            }
        }
        return admit(hello, id, peer, at: now)
    }

    private mutating func admit(
        _ hello: Hello, _ id: UInt64, _ peer: Peer, at now: Timestamp
    ) -> [Action] {
        var hello = hello
        hello.eventCredit = min(hello.eventCredit, Self.maximumEventCredit)
        hello.batchCredit = min(hello.batchCredit, Self.maximumBatchCredit)
        helloCount += 1
        var session = Session(
            id: id, hello: hello, order: helloCount, next: hello.sequence.advanced(by: 1),
            consumed: hello.sequence, heardAt: now, sentAt: now)
        if peer == enginePeer { enginePeer = nil }
        guard case .engine = hello.role else {
            sessions[peer] = session
            return [.admit(peer, session: id, hello)]
        }
        guard let active = enginePeer else { return [admitEngine(session, peer, at: now)] }
        // One engine decides at a time. If the one that does is gone, sending to it tells; see `tick(at:)`.
        session.place = .contending
        sessions[peer] = session
        guard let other = sessions[active], other.isOpen else { return [] }
        return [.send(active, Frame(session: other.id, body: .heartbeat(live: true)))]
    }

    /// Gives the engine's place to a session, unless too many epochs were opened.
    private mutating func admitEngine(
        _ session: Session, _ peer: Peer, at now: Timestamp
    ) -> Action {
        var session = session
        // An engine that has the epoch in force needs no other.
        let hasEpoch = epoch != 0 && session.hello.engineEpoch == epoch
        guard hasEpoch || epochs.take(at: now) else {
            lost(peer)
            refusedEngines += 1
            let seconds = EpochAllowance.intervalMilliseconds / 1_000
            let text = "engines were let in too often: there is one more in every \(seconds) s"
            return .send(peer, Frame(session: session.id, body: .refused(.unavailable, text)))
        }
        session.takesEpoch = !hasEpoch
        session.place = .deciding
        sessions[peer] = session
        enginePeer = peer
        return .admit(peer, session: session.id, session.hello)
    }

    /// The log's answer to an admission.
    mutating func admitted(
        _ admission: Admission, _ peer: Peer, session id: UInt64, at now: Timestamp
    ) -> [Action] {
        if case .welcome(let welcome) = admission, welcome.epoch != 0 { epoch = welcome.epoch }
        guard var session = sessions[peer], session.id == id, !session.isOpen else { return [] }
        if session.takesEpoch, !admission.opensEpoch(for: session.hello) { epochs.giveBack() }
        if let newer = session.waiting { return admit(newer.hello, newer.id, peer, at: now) }
        switch admission {
        case .refused(let reason, let detail):
            lost(peer)
            return [.send(peer, Frame(session: id, body: .refused(reason, detail)))]
        case .welcome(let welcome):
            session.isOpen = true
            session.next = welcome.after.advanced(by: 1)
            session.consumed = welcome.after
            session.sentAt = now
            sessions[peer] = session
            return [.send(peer, Frame(session: id, body: .welcome(welcome)))] + pump(peer, at: now)
        }
    }

    // MARK: - Who decides

    /// Gives the engine's place to one that waits for it, if it is free or its holder is silent.
    private mutating func fillEnginePlace(at now: Timestamp) -> [Action] {
        let waiting = sessions.filter {
            $0.value.place == .contending || ($0.value.place == .standby && $0.value.isOpen)
        }
        guard !waiting.isEmpty else { return [] }
        var actions: [Action] = []
        if let peer = enginePeer, let holder = sessions[peer],
            now > holder.heardAt.adding(milliseconds: Self.engineSilenceMilliseconds)
        {
            lost(peer)
            let text = "nothing was heard: another engine decides"
            actions.append(
                .send(peer, Frame(session: holder.id, body: .refused(.superseded, text))))
        }
        let inOrder = waiting.sorted { $0.value.order < $1.value.order }
        // The newest hello first: an engine that lost patience with its earlier ones reads no answer to them.
        for (peer, session) in inOrder.reversed() where session.place == .contending {
            // Whether a holder that is not let in yet is still there, its welcome will tell.
            if let holder = enginePeer, sessions[holder]?.isOpen != true { break }
            if enginePeer == nil {
                actions.append(admitEngine(session, peer, at: now))
            } else {
                sessions[peer]?.place = .standby
                actions.append(.admitStandby(peer, session: session.id, session.hello))
            }
        }
        if enginePeer == nil, let (peer, session) = inOrder.first(where: { $1.place == .standby }) {
            // Its state is the newest there is: with its next hello it decides.
            lost(peer)
            let text = "the engine's place is free"
            actions.append(
                .send(peer, Frame(session: session.id, body: .refused(.unavailable, text))))
        }
        return actions
    }

    /// A send to the peer found it gone.
    mutating func lost(_ peer: Peer) {
        sessions[peer] = nil
        unsentFrames.forget(peer)
        if enginePeer == peer { enginePeer = nil }
    }

    /// A send found the peer's queue full: the frame was not sent. Returns whether nothing else may be sent to the peer
    /// before it; other frames than welcomes and refusals are said again anyway.
    mutating func unsent(_ frame: Frame, to peer: Peer, at now: Timestamp) -> Bool {
        switch frame.body {
        case .welcome(let welcome):
            // No batch goes before the welcome. One that cannot be kept is no session's beginning.
            stalled(peer, session: frame.session, at: welcome.after.advanced(by: 1))
            if !unsentFrames.keep(frame, for: peer, at: now) { lost(peer) }
        case .refused: _ = unsentFrames.keep(frame, for: peer, at: now)
        case .hello, .consumed, .decisions, .heartbeat, .batch: return false
        }
        return true
    }

    /// A send found the peer's queue full: the batch was not sent.
    mutating func stalled(_ peer: Peer, session id: UInt64, at first: Sequence) {
        guard var session = sessions[peer], session.id == id else { return }
        session.isStalled = true
        session.next = min(session.next, first)
        session.fetched.removeAll()
        while let last = session.underWay.last, last >= first { session.underWay.removeLast() }
        sessions[peer] = session
    }

    // MARK: - The log

    /// A batch was committed. Batches come in order, without gaps.
    mutating func published(_ batch: StoredBatch, at now: Timestamp) -> [Action] {
        // What is kept here still has what was erased; the log has it no more.
        if batch.erases { recent = RecentBatches() }
        recent.append(batch)
        var actions: [Action] = []
        for peer in sessions.keys.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            actions += pump(peer, at: now)
        }
        return actions
    }

    /// What was read from the log for a session.
    mutating func fetched(
        _ batches: [StoredBatch], _ peer: Peer, session id: UInt64, at now: Timestamp
    ) -> [Action] {
        guard var session = sessions[peer], session.id == id else { return [] }
        session.isFetching = false
        // What does not begin where the session stands was asked for before it went back to an earlier place.
        let wanted = batches.drop { $0.firstSequence < session.next }
        if wanted.first?.firstSequence == session.next { session.fetched = Deque(wanted) }
        sessions[peer] = session
        return pump(peer, at: now, mayFetch: !batches.isEmpty)
    }

    /// Sends what credit allows.
    private mutating func pump(_ peer: Peer, at now: Timestamp, mayFetch: Bool = true) -> [Action] {
        guard var session = sessions[peer], session.isOpen, !session.isStalled,
            !unsentFrames.isKept(for: peer)
        else { return [] }
        var actions: [Action] = []
        while session.underWay.count < session.hello.batchCredit {
            let batch: StoredBatch
            if let first = session.fetched.first, first.firstSequence == session.next {
                batch = first
            } else if let kept = recent.batch(from: session.next) {
                batch = kept
            } else {
                if let last = recent.last, last < session.next { break }
                if mayFetch, !session.isFetching {
                    session.isFetching = true
                    actions.append(
                        .fetch(peer, session: session.id, after: session.next.advanced(by: -1)))
                }
                break
            }
            let ahead = Int(batch.lastSequence.rawValue - session.consumed.rawValue)
            guard ahead <= session.hello.eventCredit || session.underWay.isEmpty else { break }
            if session.fetched.first?.firstSequence == batch.firstSequence {
                session.fetched.removeFirst()
            }
            actions.append(.sendBatch(peer, session: session.id, batch))
            session.underWay.append(batch.lastSequence)
            session.next = batch.lastSequence.advanced(by: 1)
            session.sentAt = now
        }
        sessions[peer] = session
        return actions
    }

    // MARK: - Time

    /// To be called a few times a second: heartbeats out, silent peers forgotten, stalled ones tried again.
    mutating func tick(at now: Timestamp) -> [Action] {
        var actions = unsentFrames.take().map { Action.send($0.peer, $0.frame) }
        actions += fillEnginePlace(at: now)
        for peer in sessions.keys.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            guard var session = sessions[peer] else { continue }
            if now > session.heardAt.adding(milliseconds: Self.silenceMilliseconds) {
                lost(peer)
                continue
            }
            session.isStalled = false
            let isDue = now >= session.sentAt.adding(milliseconds: Self.heartbeatMilliseconds)
            if session.isOpen, isDue {
                actions.append(
                    .send(peer, Frame(session: session.id, body: .heartbeat(live: true))))
                session.sentAt = now
            }
            sessions[peer] = session
            actions += pump(peer, at: now)
        }
        return actions
    }

    private mutating func drop(_ reason: String) {
        droppedFrames += 1
        lastDropReason = reason
    }
}

extension PublisherState.Admission {
    /// Whether the answer to an engine's hello may have come with an epoch that was opened for it.
    fileprivate func opensEpoch(for hello: Hello) -> Bool {
        guard case .welcome(let welcome) = self else { return false }
        return welcome.epoch != hello.engineEpoch
    }
}
