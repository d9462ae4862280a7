internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import NIOCore
internal import NIOHTTPTypes

/// One client's connection: gives whole requests, one at a time, and takes their responses.
///
/// Confined to the connection's event loop, on which the server's tasks run as well: a request wakes its task once, when
/// all of it is there, and its response is written without another change of hands.
final class RequestConnection: ChannelInboundHandler, ServerChildChannelValue, @unchecked Sendable {
    typealias InboundIn = HTTPRequestPart
    typealias OutboundOut = HTTPResponsePart

    /// What the connection is at.
    enum Stage {
        /// Between requests.
        case idle
        /// A request's header is coming.
        case head
        /// A request's body is coming.
        case body
        /// A request is being carried out.
        case answering
        /// An answer is being written piece by piece.
        case streaming
        /// It was given up.
        case over
    }

    /// What comes next of a client.
    enum Arrival {
        case request(Request)
        /// What to answer to a request that did not come whole.
        case refusal(Problem)
    }

    let channel: any Channel
    private let watch: ConnectionWatch
    private let limits: BodyLimits
    private(set) var stage = Stage.idle
    /// Since when, by the watch's clock.
    private(set) var since: Int64
    private var head: HTTPRequest?
    private var body = ByteBuffer()
    /// As many bytes of the body are not kept: whoever reads it finds that it is too large.
    private var bodyLimit = Submission.maximumBytes + 1
    private var date = HTTPDate()
    /// Requests that nobody has asked for yet: one at most, since the pipeline holds further ones back.
    private var arrived: [Arrival] = []
    private var waiting: CheckedContinuation<Arrival?, Never>?
    private var isOver = false

    init(_ channel: any Channel, _ watch: ConnectionWatch, _ limits: BodyLimits) {
        self.channel = channel
        self.watch = watch
        self.limits = limits
        since = watch.now
    }

    // MARK: - For the task that answers

    /// The client's network address; empty where there is none.
    var address: String { channel.remoteAddress?.ipAddress ?? "" }

    /// The next request; nil once there will be none.
    func next() async -> Arrival? {
        channel.eventLoop.preconditionInEventLoop()
        if !arrived.isEmpty { return arrived.removeFirst() }
        if isOver { return nil }
        return await withCheckedContinuation { waiting = $0 }
    }

    /// Writes a response; returns when it was handed over, or, if it comes piece by piece, when it is over.
    func write(_ response: Response, ends: Bool) async throws {
        channel.eventLoop.preconditionInEventLoop()
        // Somebody else has answered already: the watch.
        if stage == .over { return }
        let isStream = response.body.contentLength == nil
        // Before it is written: with its end, the next request may be there.
        enter(isStream ? .streaming : .idle)
        write(response.head, ends: ends)
        try await response.body.write(BodyWriter(self, flushes: isStream))
    }

    private func write(_ head: HTTPResponse, ends: Bool) {
        var head = head
        head.headerFields[.date] = date.now()
        head.headerFields[.server] = "Holdfast"
        if ends { head.headerFields[.connection] = "close" }
        channel.write(HTTPResponsePart.head(head), promise: nil)
    }

    /// Closes the connection, once what was written has gone out.
    func close() { channel.close(mode: .all, promise: nil) }

    // MARK: - For the watch

    /// Whatever is waited for has not come in time.
    func timeOut() {
        switch stage {
        case .idle, .head:
            enter(.over)
            end()
            close()
        case .body:
            head = nil
            enter(.answering)
            deliver(.refusal(.requestTimeout))
        case .answering:
            // The work goes on, and its answer finds nobody.
            let problem = Problem.timeout
            enter(.over)
            end()
            write(problem.response.head, ends: true)
            channel.write(
                HTTPResponsePart.body(ByteBuffer(bytes: problem.body.bytes)), promise: nil)
            channel.writeAndFlush(HTTPResponsePart.end(nil)).whenComplete { _ in self.close() }
        case .streaming, .over: break
        }
    }

    fileprivate func enter(_ stage: Stage) {
        if self.stage == .over { return }
        self.stage = stage
        since = watch.now
    }

    // MARK: - For the pipeline

    func handlerAdded(context: ChannelHandlerContext) { watch.add(self, context.eventLoop) }

    func handlerRemoved(context: ChannelHandlerContext) { watch.remove(self) }

    /// Something came, whatever it is.
    func bytesArrived() { if stage == .idle { enter(.head) } }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            body.clear()
            self.head = head
            bodyLimit = limits.bytes(of: head) + 1
            enter(.body)
            // What says that it is too large is answered at once; its body is read and dropped.
            let length = head.headerFields[.contentLength].flatMap { Int($0) } ?? 0
            if length >= bodyLimit { deliver() }
        case .body(let part):
            guard head != nil, body.readableBytes < bodyLimit else { return }
            if body.readableBytes == 0 {
                body = part
            } else {
                body.writeImmutableBuffer(part)
            }
        case .end:
            // Of a body that nobody waited for.
            if head == nil, stage == .head { enter(.idle) }
            deliver()
        }
    }

    private func deliver() {
        guard let head = head.take() else { return }
        let request = Request(head: head, body: RequestBody(buffer: body))
        body = ByteBuffer()
        enter(.answering)
        deliver(.request(request))
    }

    private func deliver(_ arrival: Arrival) {
        if let waiting = waiting.take() {
            waiting.resume(returning: arrival)
        } else {
            arrived.append(arrival)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // The client sends nothing more; what it sent is answered, if it was whole.
        if case ChannelEvent.inputClosed = event { end() }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        end()
        context.close(promise: nil)
    }

    private func end() {
        isOver = true
        waiting.take()?.resume(returning: nil)
    }
}

/// Writes a body: all at once if it is known, else piece by piece, as fast as the client takes it.
private struct BodyWriter: ResponseBodyWriter {
    private let connection: RequestConnection
    private let flushes: Bool
    private var channel: any Channel { connection.channel }

    init(_ connection: RequestConnection, flushes: Bool) {
        self.connection = connection
        self.flushes = flushes
    }

    mutating func write(_ buffer: ByteBuffer) async throws {
        guard flushes else { return channel.write(HTTPResponsePart.body(buffer), promise: nil) }
        try await channel.writeAndFlush(HTTPResponsePart.body(buffer))
    }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {
        if flushes { connection.enter(.idle) }
        channel.writeAndFlush(HTTPResponsePart.end(trailingHeaders), promise: nil)
    }
}
