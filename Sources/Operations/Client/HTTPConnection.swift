internal import NIOCore
internal import NIOHTTP1

/// One keep-alive connection: writes a request as bytes, collects the answer.
final class HTTPConnection: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = ByteBuffer

    private let settings: HTTPClient.Pool.Settings
    private unowned let pool: HTTPClient.Pool
    private var context: ChannelHandlerContext?
    private var request: HTTPClient.Request?
    private var status = 0
    private var body: [UInt8] = []

    init(_ settings: HTTPClient.Pool.Settings, _ pool: HTTPClient.Pool) {
        self.settings = settings
        self.pool = pool
    }

    func channelActive(context: ChannelHandlerContext) {
        self.context = context
        pool.joined(self)
        pool.released(self)
    }

    func send(_ request: HTTPClient.Request) {
        guard let context else { return request.promise.fail(ChannelError.ioOnClosedChannel) }
        self.request = request
        body.removeAll(keepingCapacity: true)
        var buffer = context.channel.allocator.buffer(capacity: 256 + request.body.count)
        buffer.writeString(request.method)
        buffer.writeString(" ")
        buffer.writeString(request.path)
        buffer.writeString(" HTTP/1.1\r\nHost: ")
        buffer.writeString(settings.host)
        buffer.writeString("\r\nAuthorization: Bearer ")
        buffer.writeString(settings.bearer)
        if let key = request.key {
            buffer.writeString("\r\nIdempotency-Key: ")
            buffer.writeString(key)
        }
        if !request.body.isEmpty || request.method != "GET" {
            buffer.writeString("\r\nContent-Type: application/json\r\nContent-Length: ")
            buffer.writeString(String(request.body.count))
        }
        buffer.writeString("\r\n\r\n")
        buffer.writeBytes(request.body)
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
    }

    func close() { context?.close(promise: nil) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): status = Int(head.status.code)
        case .body(var buffer): body.append(contentsOf: buffer.readBytes(length: buffer.readableBytes) ?? [])
        case .end:
            let finished = request
            request = nil
            let answer = HTTPAnswer(status: status, body: body)
            pool.released(self)
            finished?.promise.succeed(answer)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.context = nil
        request?.promise.fail(ChannelError.eof)
        request = nil
        pool.closed(self)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
