internal import Hummingbird
internal import HummingbirdCore
public import Logging
internal import NIOPosix
internal import ServiceLifecycle
public import Wallet

/// The wallet over HTTP: `/v1`, JSON, described at `/openapi.json`.
public struct WalletAPI: Sendable {
    private let keys: APIKeys
    private let logger: Logger
    private let metrics = HTTPMetrics()
    private let wallet: Wallet

    /// Serves `wallet` to those who have one of `keys`. The wallet stays the caller's to stop, after the server.
    public init(wallet: Wallet, keys: APIKeys, logger: Logger) {
        self.wallet = wallet
        self.keys = keys
        self.logger = logger
    }

    /// Serves until the task is cancelled or a surrounding service group shuts down; then answers what was asked,
    /// ends the alert streams, and returns.
    ///
    /// - Parameters:
    ///   - host: address to listen at.
    ///   - port: 0 lets the system choose.
    ///   - onListening: told the port once connections are taken.
    /// - Throws: if the address cannot be listened at.
    public func run(
        host: String = "127.0.0.1", port: Int,
        onListening: @escaping @Sendable (Int) -> Void = { _ in }
    ) async throws {
        // One thread for all connections: requests wait far more than they compute, and whoever outgrows it runs
        // another wallet on the same database.
        let threads = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        defer { threads.shutdownGracefully { _ in } }
        let executor = EventLoopTaskExecutor(threads.next())
        let responder = makeResponder()
        let logger = logger
        let application = Application(
            responder: responder,
            server: HTTPServerBuilder { _ in RequestChannel(responder: responder, logger: logger) },
            configuration: ApplicationConfiguration(
                address: .hostname(host, port: port), backlog: 1_024),
            onServerRunning: { channel in onListening(channel.localAddress?.port ?? port) },
            eventLoopGroupProvider: .shared(threads), logger: logger)
        var configuration = ServiceGroupConfiguration(
            services: [application], gracefulShutdownSignals: [], logger: logger)
        configuration.maximumGracefulShutdownDuration = .seconds(10)
        let group = ServiceGroup(configuration: configuration)
        // Not a child task: cancellation asks for a shutdown in good order instead of breaking off.
        let running = Task(executorPreference: executor) { try await group.run() }
        try await withTaskCancellationOrGracefulShutdownHandler {
            try await running.value
        } onCancelOrGracefulShutdown: {
            Task { await group.triggerGracefulShutdown() }
        }
    }

    func makeResponder() -> APIResponder {
        let router = makeRouter()
        return APIResponder(
            routes: router.buildResponder(), templates: RouteTemplates(router), keys: keys,
            metrics: metrics)
    }

    func makeRouter() -> Router<APIContext> {
        let router = Router(context: APIContext.self)
        router.addRoutes(HealthController(wallet: wallet).routes, atPath: "health")
        router.addRoutes(ServiceController(wallet: wallet, metrics: metrics).routes)
        router.addRoutes(AccountController(wallet: wallet).routes, atPath: "v1/accounts")
        router.addRoutes(TransferController(wallet: wallet).routes, atPath: "v1/transfers")
        router.addRoutes(
            AuthorizationController(wallet: wallet).routes, atPath: "v1/authorizations")
        router.addRoutes(ReviewController(wallet: wallet).routes, atPath: "v1/reviews")
        router.addRoutes(LabelController(wallet: wallet).routes, atPath: "v1/labels")
        router.addRoutes(PolicyController(wallet: wallet).routes, atPath: "v1/policies")
        router.addRoutes(ListController(wallet: wallet).routes, atPath: "v1/lists")
        router.addRoutes(AlertController(wallet: wallet).routes, atPath: "v1/alerts")
        return router
    }
}
