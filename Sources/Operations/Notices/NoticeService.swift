internal import Logging
internal import Notices
internal import Outbound
internal import People
internal import PostgreSQL

/// Carries what people are to be told, beside the service: the feed, and the courier that takes it further.
final class NoticeService: Sendable {
    /// What people see of it.
    let feed: NoticeFeed
    private let courier: NoticeCourier
    private let pool: ConnectionPool
    private let clients: [OutboundClient]
    private let running: [Task<Void, Never>]

    /// Begins. Fails if a provider's file is wrong.
    init(
        _ home: Home, _ configuration: PeopleConfiguration, logger: Logger
    ) throws(OperationError) {
        let (senders, clients) = try NoticeChannelsFile(home, logger: logger)
            .senders(clock: configuration.clock)
        pool = ConnectionPool(
            configuration.database, count: 2 + senders.count, name: "notices")
        let sealing = PeopleNotices(configuration)
        feed = NoticeFeed(pool, sealing: sealing, logger: logger)
        courier = NoticeCourier(
            pool, sealing: sealing, addressing: sealing, senders: senders, feed: feed,
            logger: logger, clock: configuration.clock)
        self.clients = clients
        let (courier, feed) = (courier, feed)
        running = [Task { await courier.run() }, Task { await feed.run() }]
    }

    /// Says that something was queued.
    func wake() { courier.wake() }

    /// Ends streams; what is on its way is finished.
    func stop() async {
        courier.stop()
        feed.stop()
        for task in running { await task.value }
        for client in clients { client.stop() }
        pool.stop()
    }
}
