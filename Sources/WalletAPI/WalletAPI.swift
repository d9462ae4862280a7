internal import Hummingbird
internal import HummingbirdCore
public import Logging
public import Notices
internal import NIOPosix
public import People
public import PersonalWallets
internal import ProcessControl
internal import ServiceLifecycle
public import Wallet

/// The wallet over HTTP: `/v1`, JSON, described at `/openapi.json`.
public struct WalletAPI: Sendable {
    private let keys: APIKeys
    private let logger: Logger
    private let metrics = HTTPMetrics()
    private let wallet: Wallet
    private let people: People?
    private let personalWallets: PersonalWallets?
    private let notices: NoticeFeed?
    private let fourEyes: [UInt16: Int64]
    private let issuer: String
    private let web: WebSettings
    /// Event streams that are open.
    let streams: OpenStreams
    /// Draws documents: a long statement takes a second.
    private let drawing = LowPriorityThreads("drawing", limit: 64)
    /// Documents that are drawn: one caller's must not fill the queue.
    private let documents = OpenStreams(people: nil, limit: 2)
    /// Counts requests; a test may give it another clock.
    var limits: CallerLimits

    /// Serves `wallet` to those who have one of `keys`, or a token of `people`. Both stay the caller's to stop, after
    /// the server.
    ///
    /// - Parameters:
    ///   - personalWallets: what people do with their wallets; with what is usual unless it is given.
    ///   - notices: what people are told; without it they are told nothing here.
    ///   - fourEyes: by number of currency, the most in minor units that one alone may release of what is held or
    ///     challenged.
    ///   - issuer: the service's address, as clients know it: `https://…`.
    ///   - web: how often, from which pages and how quickly clients may ask.
    public init(
        wallet: Wallet, people: People? = nil, personalWallets: PersonalWallets? = nil,
        notices: NoticeFeed? = nil, fourEyes: [UInt16: Int64] = [:],
        issuer: String = "", keys: APIKeys, web: WebSettings = WebSettings(), logger: Logger
    ) {
        self.wallet = wallet
        self.people = people
        self.notices = notices
        self.fourEyes = fourEyes
        self.personalWallets =
            personalWallets ?? people.map { PersonalWallets(wallet, $0, logger: logger) }
        self.issuer = issuer
        self.web = web
        limits = CallerLimits(web.allowances)
        streams = OpenStreams(people: people)
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
        let watch = ConnectionWatch(web.times)
        let limits = BodyLimits(routes)
        let proxies = TrustedProxies(web.trustedProxies)
        let application = Application(
            responder: responder,
            server: HTTPServerBuilder { _ in
                RequestChannel(
                    responder: responder, logger: logger, watch: watch, limits: limits,
                    proxies: proxies)
            },
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
            routes: router.buildResponder(), templates: RouteTemplates(router), metrics: metrics,
            browserHeaders: BrowserHeaders(issuer: issuer), cors: CORSPolicy(web.origins),
            limits: limits)
    }

    func makeRouter() -> Router<APIContext> {
        let router = Router(context: APIContext.self)
        let control = AccessControl(keys: keys, people: people, limits: limits)
        for (path, routes) in routes { router.add(routes, at: path, control) }
        return router
    }

    /// All routes, by what their paths begin with.
    var routes: [(path: String, routes: APIRoutes)] {
        let fourEyes = FourEyes(limits: fourEyes, people: people)
        let ofWallet = [
            ("health", HealthController(wallet: wallet).routes.uncounted),
            ("", ServiceController(wallet: wallet, metrics: metrics).routes),
            ("v1/accounts", AccountController(wallet: wallet).routes),
            ("v1/transfers", TransferController(wallet: wallet, fourEyes: fourEyes).routes),
            ("v1/authorizations", AuthorizationController(wallet: wallet).routes),
            ("v1/reviews", ReviewController(wallet: wallet, fourEyes: fourEyes).routes),
            ("v1/labels", LabelController(wallet: wallet).routes),
            ("v1/policies", PolicyController(wallet: wallet).routes),
            ("v1/lists", ListController(wallet: wallet).routes),
            ("v1/alerts", AlertController(wallet: wallet, streams: streams).routes),
        ]
        guard let people, let personalWallets else { return ofWallet }
        let cookie = SignInCookie(issuer: issuer)
        let ofNotices = notices.map { feed in
            [("v1/me", NoticeFeedController(feed: feed, people: people, streams: streams).routes)]
        }
        return ofWallet + (ofNotices ?? []) + [
            ("v1/registrations", RegistrationController(people: people).routes),
            ("v1/password-resets", PasswordResetController(people: people).routes),
            ("v1/sign-in", SignInController(people: people, cookie: cookie).routes),
            (
                "v1/sign-in/passkey",
                PasskeySignInController(people: people, cookie: cookie).routes
            ),
            ("v1/me", ProfileController(people: people).routes),
            ("v1/me", ContactController(people: people).routes),
            (
                "v1/me",
                DataController(people: people, wallets: personalWallets, streams: streams).routes
            ),
            ("v1/me", SecurityController(people: people).routes),
            ("v1/me", PasskeyController(people: people).routes),
            ("v1/me", PersonalWalletController(wallets: personalWallets).routes),
            ("v1/me", PersonalPaymentController(wallets: personalWallets).routes),
            ("v1/me", MoneyRequestController(wallets: personalWallets).routes),
            ("v1/me", PayeeController(wallets: personalWallets, issuer: issuer).routes),
            (
                "v1/me",
                StatementController(
                    wallets: personalWallets, drawing: drawing, documents: documents
                ).routes
            ),
            ("v1/me", NoteController(wallets: personalWallets, people: people).own),
            ("v1/people", NoteController(wallets: personalWallets, people: people).others),
            ("v1/people", TierController(wallets: personalWallets).routes),
            ("v1/clients", ClientController(people: people).routes),
            ("v1/people", PeopleController(people: people).routes),
            ("oauth", OAuthController(people: people, cookie: cookie).routes),
            (".well-known", DiscoveryController(people: people, issuer: issuer).routes),
        ]
    }
}
