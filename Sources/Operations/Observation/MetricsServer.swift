internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import WalletAPI

/// Answers `GET /metrics` over HTTP, on one thread of its own; one request a connection. For a process that serves
/// nothing else: what it tells are counts, and nobody is asked for a key.
struct MetricsServer: Sendable {
    /// A client that says nothing is let go after this long.
    private static let patience = TimeAmount.seconds(10)

    private let threads: MultiThreadedEventLoopGroup
    private let channel: any Channel
    /// Where it listens.
    let port: Int

    /// - Parameters:
    ///   - address: where to listen.
    ///   - text: what is answered, made anew for each request.
    /// - Throws: ``OperationError`` if the address cannot be listened at.
    init(
        _ address: MetricsAddress, text: @escaping @Sendable () -> String
    ) throws(OperationError) {
        threads = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        do {
            channel = try ServerBootstrap(group: threads)
                .serverChannelOption(.backlog, value: 16)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let pipeline = channel.pipeline.syncOperations
                        try pipeline.configureHTTPServerPipeline()
                        try pipeline.addHandler(IdleStateHandler(allTimeout: Self.patience))
                        try pipeline.addHandler(MetricsHandler(text))
                    }
                }
                .bind(host: address.host, port: address.port).wait()
        } catch {
            threads.shutdownGracefully { _ in }
            throw OperationError(
                "metrics cannot be served at \(address.host):\(address.port): \(error)")
        }
        self.port = channel.localAddress?.port ?? address.port
    }

    func stop() {
        channel.close(promise: nil)
        threads.shutdownGracefully { _ in }
    }
}

private final class MetricsHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let text: @Sendable () -> String
    private var status = HTTPResponseStatus.notFound

    init(_ text: @escaping @Sendable () -> String) { self.text = text }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            let path = head.uri.prefix { $0 != "?" }
            status =
                path != "/metrics" ? .notFound : head.method == .GET ? .ok : .methodNotAllowed
        case .body: break
        case .end: answer(context)
        }
    }

    private func answer(_ context: ChannelHandlerContext) {
        let body = status == .ok ? text() : "Only GET /metrics is answered here.\n"
        var headers = HTTPHeaders()
        headers.add(
            name: "Content-Type",
            value: status == .ok ? PrometheusText.mediaType : "text/plain; charset=utf-8")
        headers.add(name: "Content-Length", value: "\(body.utf8.count)")
        headers.add(name: "Connection", value: "close")
        let head = HTTPResponseHead(version: .http1_1, status: status, headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: body)))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil))).assumeIsolated().whenComplete { _ in
            context.close(promise: nil)
        }
    }

    /// Whoever is silent for too long, and whoever speaks no HTTP, is let go.
    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is IdleStateHandler.IdleStateEvent { context.close(promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
