internal import NIOCore

/// One keep-alive connection: writes a request as bytes, collects the answer. It understands just what the wallet
/// sends, a head and a body of known length: what measures the wallet should cost little beside it.
final class HTTPConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let settings: HTTPClient.Pool.Settings
    /// Until the connection is closed it keeps the pool, which may otherwise be gone before its last connection.
    private let pool: HTTPClient.Pool
    private var context: ChannelHandlerContext?
    private var request: HTTPClient.Request?
    private var received = ByteBuffer()

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
        var buffer = context.channel.allocator.buffer(capacity: 256 + request.body.count)
        buffer.writeString(request.method)
        buffer.writeString(" ")
        buffer.writeString(request.path)
        buffer.writeString(" HTTP/1.1\r\nHost: ")
        buffer.writeString(settings.host)
        if !settings.bearer.isEmpty {
            buffer.writeString("\r\nAuthorization: Bearer ")
            buffer.writeString(settings.bearer)
        }
        if let key = request.key {
            buffer.writeString("\r\nIdempotency-Key: ")
            buffer.writeString(key)
        }
        if !request.body.isEmpty || request.method != "GET" {
            buffer.writeString("\r\nContent-Type: ")
            buffer.writeStaticString(request.contentType)
            buffer.writeString("\r\nContent-Length: ")
            buffer.writeString(String(request.body.count))
        }
        buffer.writeString("\r\n\r\n")
        buffer.writeBytes(request.body)
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
    }

    func close() { context?.close(promise: nil) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data)
        received.writeBuffer(&buffer)
        guard let answer = takeAnswer() else {
            if received.readableBytes > 32 << 20 { context.close(promise: nil) }
            return
        }
        let finished = request
        request = nil
        pool.released(self)
        finished?.promise.succeed(answer)
    }

    /// The answer, once all of it is here.
    private func takeAnswer() -> HTTPAnswer? {
        let head: (end: Int, status: Int, length: Int)? = received.withUnsafeReadableBytes {
            bytes in
            guard let end = Self.find("\r\n\r\n", in: bytes, from: 0) else { return nil }
            guard bytes.count >= 12 else { return nil }
            let status = Self.number(bytes, from: 9)
            let marker = Self.find("ontent-", in: bytes, from: 0).flatMap {
                Self.find("ength: ", in: bytes, from: $0)
            }
            let length = marker.map { $0 < end ? Self.number(bytes, from: $0 + 7) : 0 } ?? 0
            return (end + 4, status, length)
        }
        guard let head, received.readableBytes >= head.end + head.length else { return nil }
        received.moveReaderIndex(forwardBy: head.end)
        let body = received.readBytes(length: head.length) ?? []
        received.discardReadBytes()
        return HTTPAnswer(status: head.status, body: body)
    }

    private static func find(_ text: StaticString, in bytes: UnsafeRawBufferPointer, from: Int)
        -> Int?
    {
        let count = text.utf8CodeUnitCount
        var position = from
        while position + count <= bytes.count {
            var matched = 0
            while matched < count, bytes[position + matched] == text.utf8Start[matched] {
                matched += 1
            }
            if matched == count { return position }
            position += 1
        }
        return nil
    }

    private static func number(_ bytes: UnsafeRawBufferPointer, from: Int) -> Int {
        var value = 0
        var position = from
        while position < bytes.count, bytes[position] >= 0x30, bytes[position] <= 0x39,
            value < 1 << 40
        {
            value = value * 10 + Int(bytes[position] - 0x30)
            position += 1
        }
        return value
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.context = nil
        request?.promise.fail(ChannelError.eof)
        request = nil
        pool.closed(self)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
