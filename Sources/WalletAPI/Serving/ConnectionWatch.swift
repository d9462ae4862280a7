internal import NIOCore

/// Ends connections that take too long. All of them are looked at together, at each tick of one clock: a request then
/// costs no timer of its own, only what is written down of where it is.
///
/// Confined to the event loop of all connections.
final class ConnectionWatch: @unchecked Sendable {
    private let times: RequestTimes
    /// When the clock ticked last, in nanoseconds.
    private(set) var now: Int64 = 0
    private var connections: [ObjectIdentifier: RequestConnection] = [:]
    private var ticking: RepeatedTask?

    init(_ times: RequestTimes) { self.times = times }

    func add(_ connection: RequestConnection, _ loop: any EventLoop) {
        loop.preconditionInEventLoop()
        connections[ObjectIdentifier(connection)] = connection
        if ticking != nil { return }
        now = monotonicNanoseconds()
        let interval = TimeAmount(times.interval)
        ticking = loop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { _ in
            self.tick()
        }
    }

    func remove(_ connection: RequestConnection) {
        connections[ObjectIdentifier(connection)] = nil
        if !connections.isEmpty { return }
        ticking?.cancel()
        ticking = nil
    }

    private func tick() {
        now = monotonicNanoseconds()
        for connection in Array(connections.values) {
            guard let limit = limit(connection.stage) else { continue }
            // The moments that are compared are those of ticks: one more, and none is ended early.
            if now - connection.since > (limit + times.interval).nanoseconds {
                connection.timeOut()
            }
        }
    }

    private func limit(_ stage: RequestConnection.Stage) -> Duration? {
        switch stage {
        case .idle: times.idle
        case .head: times.head
        case .body: times.body
        case .answering: times.answer
        case .streaming, .over: nil
        }
    }
}

extension Duration {
    fileprivate var nanoseconds: Int64 {
        components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
    }
}

/// The first of a connection's handlers: sees that bytes come before they are a header.
final class ArrivalHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let connection: RequestConnection

    init(_ connection: RequestConnection) { self.connection = connection }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        connection.bytesArrived()
        context.fireChannelRead(data)
    }
}

extension Problem {
    /// RFC 9110, section 15.5.9.
    static let requestTimeout = Problem(
        status: .requestTimeout, code: "request_timeout",
        detail: "the body did not come in time; ask again with the same Idempotency-Key")
    static let timeout = Problem(
        status: .serviceUnavailable, code: "timeout",
        detail:
            "there is no answer yet, and the request may still be carried out; with the same Idempotency-Key it is safe to ask again",
        headers: [.retryAfter: "1"])
}
