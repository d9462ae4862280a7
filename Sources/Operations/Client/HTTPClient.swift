internal import DequeModule
public import NIOCore
internal import NIOPosix

/// One answer of the wallet.
public struct HTTPAnswer: Sendable {
    /// The HTTP status.
    public var status: Int
    /// The body as it came.
    public var body: [UInt8]
}

/// Keep-alive connections to one local address, on one event loop; one request at a time on each. Light enough to
/// drive a benchmark beside what it measures.
public final class HTTPClient: Sendable {
    private let group: MultiThreadedEventLoopGroup
    private let loop: any EventLoop
    private let pool: NIOLoopBound<Pool>

    /// `connections` are made when they are first needed.
    ///
    /// - Parameters:
    ///   - bearer: what requests are authorized by; empty for nothing.
    ///   - source: the local address that they come from, such as another of 127.0.0.0/8; the system's choice if not given.
    public init(
        host: String, port: Int, connections: Int, bearer: String, from source: String? = nil
    ) throws {
        group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        loop = group.next()
        let settings = Pool.Settings(
            host: host, port: port, limit: connections, bearer: bearer,
            source: try source.map { try SocketAddress(ipAddress: $0, port: 0) })
        let loop = loop
        // Made on its loop; nothing else runs there yet.
        pool = try loop.submit { NIOLoopBound(Pool(settings, loop), eventLoop: loop) }.wait()
    }

    /// Sends a request and gives its answer; fails if the connection breaks under it.
    public func send(
        _ method: String, _ path: String, body: [UInt8] = [], key: String? = nil,
        contentType: StaticString = "application/json"
    ) -> EventLoopFuture<HTTPAnswer> {
        let promise = loop.makePromise(of: HTTPAnswer.self)
        let request = Request(
            method: method, path: path, body: body, key: key, contentType: contentType,
            promise: promise)
        if loop.inEventLoop {
            pool.value.send(request)
        } else {
            loop.execute { [pool] in pool.value.send(request) }
        }
        return promise.futureResult
    }

    /// Calls `step` on the client's own thread about every millisecond, until it answers false.
    public func everyMillisecond(_ step: @escaping @Sendable () -> Bool) async throws {
        let ended = loop.makePromise(of: Void.self)
        loop.scheduleRepeatedTask(
            initialDelay: .zero, delay: .milliseconds(1)
        ) { task in
            if !step() { task.cancel(promise: ended) }
        }
        try await ended.futureResult.get()
    }

    /// Closes all connections.
    public func close() async {
        try? await loop.submit { [pool] in pool.value.closeAll() }.get()
        try? await group.shutdownGracefully()
    }

    struct Request: Sendable {
        var method: String
        var path: String
        var body: [UInt8]
        var key: String?
        var contentType: StaticString
        var promise: EventLoopPromise<HTTPAnswer>
    }

    /// Lives on the event loop.
    final class Pool {
        struct Settings: Sendable {
            var host: String
            var port: Int
            var limit: Int
            var bearer: String
            var source: SocketAddress?
        }
        private let settings: Settings
        private let loop: any EventLoop
        private var idle: [HTTPConnection] = []
        private var all: [ObjectIdentifier: HTTPConnection] = [:]
        private var opening = 0
        private var waiting: Deque<Request> = []
        private var isClosed = false

        init(_ settings: Settings, _ loop: any EventLoop) {
            self.settings = settings
            self.loop = loop
        }

        func send(_ request: Request) {
            if let connection = idle.popLast() { return connection.send(request) }
            waiting.append(request)
            if all.count + opening < settings.limit { open() }
        }

        func closeAll() {
            isClosed = true
            for connection in all.values { connection.close() }
            for request in waiting { request.promise.fail(ChannelError.ioOnClosedChannel) }
            waiting.removeAll()
        }

        func released(_ connection: HTTPConnection) {
            if let next = waiting.popFirst() {
                connection.send(next)
            } else {
                idle.append(connection)
            }
        }

        func closed(_ connection: HTTPConnection) {
            all[ObjectIdentifier(connection)] = nil
            idle.removeAll { $0 === connection }
            if !isClosed, !waiting.isEmpty { open() }
        }

        private func open() {
            opening += 1
            let bound = NIOLoopBound(self, eventLoop: loop)
            let settings = settings
            let bootstrap = ClientBootstrap(group: loop)
            (settings.source.map { bootstrap.bind(to: $0) } ?? bootstrap)
                .channelOption(.tcpOption(.tcp_nodelay), value: 1)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let connection = HTTPConnection(settings, bound.value)
                        try channel.pipeline.syncOperations.addHandler(connection)
                    }
                }
                .connect(host: settings.host, port: settings.port)
                .whenComplete { result in bound.value.opened(result.map { _ in }) }
        }

        func joined(_ connection: HTTPConnection) { all[ObjectIdentifier(connection)] = connection }

        private func opened(_ result: Result<Void, any Error>) {
            opening -= 1
            // A server that is not there fails those who wait, rather than being asked without end.
            if case .failure(let error) = result, all.isEmpty, opening == 0 {
                let requests = waiting
                waiting.removeAll()
                for request in requests { request.promise.fail(error) }
            }
        }
    }
}
