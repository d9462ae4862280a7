internal import EventLog
internal import Synchronization
internal import ZeroMQ

/// The publisher's sockets, on its one thread.
struct PublisherShell: ~Copyable {
    private let router: Socket
    private var authenticator: Authenticator?
    let address: String
    private let isGuarded: Bool

    init(_ endpoint: StreamEndpoint) throws(ZeroMQError) {
        let context = try Context()
        var authenticator: Authenticator?
        let router = try Socket(.router, in: context, isMonitored: true)
        if let keys = endpoint.serverKeys {
            authenticator = try Authenticator(allowed: keys.allowed, in: context)
            try router.setAuthenticationDomain(Authenticator.domain)
            try router.setCurveServer(secretKey: keys.own.secretKey)
        }
        try router.setMandatoryRouting()
        try router.setMaximumMessageSize(Publisher.maximumMessageSize)
        // Out: above every peer's credit in batches, so that a queue is full only if the peer does not read at all.
        // In: what a peer can make this process hold is this many of the largest messages.
        try router.setHighWaterMark(send: 2_048, receive: 128)
        try router.bind(endpoint.address)
        address = router.lastEndpoint
        isGuarded = endpoint.serverKeys != nil
        self.router = router
        self.authenticator = consume authenticator
    }

    /// Replaces the allow-list of a guarded stream.
    mutating func allow(_ keys: Set<[UInt8]>) { authenticator?.allowed = keys }

    /// Peers whose key is not on the allow-list.
    private(set) var refusedCount = 0
    /// Connections that never became a peer's: no ZeroMQ, no CURVE, or another server's key.
    private(set) var failedHandshakes = 0
    /// Connections that ended: the peer left, or libzmq cut it off.
    private(set) var disconnections = 0

    /// Counts what became of connections since it was last asked.
    mutating func countConnectionEvents() throws(ZeroMQError) {
        while let event = try router.nextConnectionEvent() {
            switch event {
            case .disconnected: disconnections += 1
            case .handshakeFailed: failedHandshakes += 1
            }
        }
    }

    /// The next message that can be a frame; others are skipped.
    mutating func receive() throws(ZeroMQError) -> (peer: [UInt8], frame: [UInt8])? {
        guard let parts = try router.receive(maximumParts: 3) else { return nil }
        return (parts[0], parts.count == 2 ? parts[1] : [])
    }

    func send(_ parts: [[UInt8]]) throws(ZeroMQError) -> Socket.Sent { try router.send(parts) }

    func send(
        _ batch: StoredBatch, to peer: [UInt8], session: UInt64
    ) throws(ZeroMQError) -> Socket.Sent {
        try router.send([peer] + StreamMessage.batch(batch, session: session))
    }

    /// Sleeps until something arrives.
    mutating func wait(_ wakeup: Wakeup, milliseconds: Int) throws(ZeroMQError) {
        guard isGuarded else {
            _ = try Poller.wait(router, wakeup, milliseconds: milliseconds)
            return
        }
        try waitAuthenticating(wakeup, milliseconds: milliseconds)
    }

    private mutating func waitAuthenticating(_ wakeup: Wakeup, milliseconds: Int)
        throws(ZeroMQError)
    {
        guard var guardian = authenticator.take() else { return }
        let ready = try Poller.wait(router, guardian.socket, wakeup, milliseconds: milliseconds)
        if ready.second {
            while try guardian.answer() {}
            refusedCount = guardian.refusedCount
        }
        authenticator = consume guardian
    }
}

/// Hands a value that cannot be copied from the thread that made it to the one that will own it.
final class Handover<Value: ~Copyable>: @unchecked Sendable {
    // Taken once, by one thread, after the other let go of it.
    private var value: Value?
    init(_ value: consuming Value) { self.value = consume value }
    func take() -> Value? { value.take() }
}
