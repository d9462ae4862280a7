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

    /// Larger bodies are not kept: whoever reads one finds that it is too large.
    private static let bodyLimit = Submission.maximumBytes + 1

    let channel: any Channel
    private var head: HTTPRequest?
    private var body = ByteBuffer()
    private var date = HTTPDate()
    /// Requests that nobody has asked for yet: one at most, since the pipeline holds further ones back.
    private var arrived: [Request] = []
    private var waiting: CheckedContinuation<Request?, Never>?
    private var isOver = false

    init(_ channel: any Channel) { self.channel = channel }

    // MARK: - For the task that answers

    /// The client's network address; empty where there is none.
    var address: String { channel.remoteAddress?.ipAddress ?? "" }

    /// The next request; nil once there will be none.
    func next() async -> Request? {
        channel.eventLoop.preconditionInEventLoop()
        if !arrived.isEmpty { return arrived.removeFirst() }
        if isOver { return nil }
        return await withCheckedContinuation { waiting = $0 }
    }

    /// Writes a response; returns when it was handed over, or, if it comes piece by piece, when it is over.
    func write(_ response: Response, ends: Bool) async throws {
        channel.eventLoop.preconditionInEventLoop()
        var head = response.head
        head.headerFields[.date] = date.now()
        head.headerFields[.server] = "Holdfast"
        if ends { head.headerFields[.connection] = "close" }
        channel.write(HTTPResponsePart.head(head), promise: nil)
        try await response.body.write(
            BodyWriter(channel, flushes: response.body.contentLength == nil))
    }

    /// Closes the connection, once what was written has gone out.
    func close() { channel.close(mode: .all, promise: nil) }

    // MARK: - For the pipeline

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            body.clear()
            self.head = head
            // What says that it is too large is answered at once; its body is read and dropped.
            let length = head.headerFields[.contentLength].flatMap { Int($0) } ?? 0
            if length >= Self.bodyLimit { deliver() }
        case .body(let part):
            guard head != nil, body.readableBytes < Self.bodyLimit else { return }
            if body.readableBytes == 0 {
                body = part
            } else {
                body.writeImmutableBuffer(part)
            }
        case .end:
            deliver()
        }
    }

    private func deliver() {
        guard let head = head.take() else { return }
        let request = Request(head: head, body: RequestBody(buffer: body))
        body = ByteBuffer()
        if let waiting = waiting.take() {
            waiting.resume(returning: request)
        } else {
            arrived.append(request)
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
    private let channel: any Channel
    private let flushes: Bool

    init(_ channel: any Channel, flushes: Bool) {
        self.channel = channel
        self.flushes = flushes
    }

    mutating func write(_ buffer: ByteBuffer) async throws {
        guard flushes else { return channel.write(HTTPResponsePart.body(buffer), promise: nil) }
        try await channel.writeAndFlush(HTTPResponsePart.body(buffer))
    }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {
        channel.writeAndFlush(HTTPResponsePart.end(trailingHeaders), promise: nil)
    }
}
