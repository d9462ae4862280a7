public import EventLog
internal import Identity
public import Logging
public import PostgreSQL
internal import Synchronization

/// Carries notices: spreads what was enqueued over feeds and channels, sends what is due, and keeps what came of it.
///
/// Any number of processes may run one each: a delivery is one courier's until its lease ends, and what a killed process
/// had is then taken by another. So each is sent at least once; the notice's identifier goes along, by which providers
/// and devices know a repetition.
public final class NoticeCourier: Sendable {
    private let pool: ConnectionPool
    private let sealing: any NoticeSealing
    private let addressing: any NoticeAddressing
    private let senders: [any NoticeSending]
    private let options: CourierOptions
    private let feed: NoticeFeed?
    private let logger: Logger
    private let clock: @Sendable () -> Timestamp

    private let isStopped = Atomic<Bool>(false)
    private let spreadAlarm = Alarm()
    private let sweepAlarm = Alarm()
    private let sendAlarms: [NoticeChannel: Alarm]

    /// A courier; ``run()`` sets it to work.
    ///
    /// - Parameters:
    ///   - pool: Two connections for each sender and two more let nobody wait.
    ///   - senders: One for each channel that is set up, beside the feed, which needs none. All processes should have
    ///     the same: one without a channel spreads nothing over it.
    ///   - feed: Told at once of what is new in this process.
    ///   - clock: Gives the moment.
    public init(
        _ pool: ConnectionPool, sealing: any NoticeSealing, addressing: any NoticeAddressing,
        senders: [any NoticeSending], feed: NoticeFeed?, options: CourierOptions = .init(),
        logger: Logger, clock: @escaping @Sendable () -> Timestamp
    ) {
        self.pool = pool
        self.sealing = sealing
        self.addressing = addressing
        self.senders = senders
        self.feed = feed
        self.options = options
        self.logger = logger
        self.clock = clock
        sendAlarms = Dictionary(senders.map { ($0.channel, Alarm()) }) { first, _ in first }
        precondition(sendAlarms.count == senders.count, "a channel has one sender")
    }

    /// Says that something was enqueued, after its commit. Otherwise it is noticed at the next poll.
    public func wake() { spreadAlarm.ring() }

    /// Takes nothing more; ``run()`` returns once what is under way is done.
    public func stop() {
        isStopped.store(true, ordering: .relaxed)
        spreadAlarm.ring()
        sweepAlarm.ring()
        for alarm in sendAlarms.values { alarm.ring() }
    }

    /// Works until it is stopped or its task is cancelled, then finishes what is under way. To be called once.
    public func run() async {
        await withTaskGroup { group in
            group.addTask { await self.spreadLoop() }
            group.addTask { await self.sweepLoop() }
            for sender in senders {
                guard let alarm = sendAlarms[sender.channel] else { continue }
                group.addTask { await self.sendLoop(sender, alarm) }
            }
        }
    }

    private var isEnding: Bool { isStopped.load(ordering: .relaxed) || Task.isCancelled }

    // MARK: - Spreading

    private func spreadLoop() async {
        let spread = NoticeSpread(
            addressing: addressing,
            channels: senders.reduce(into: .feed) { $0.insert(NoticeChannels($1.channel)) },
            limit: options.spreadLimit)
        while !isEnding {
            let now = clock()
            let outcome = await attempt("spreading notices") { connection throws(PostgreSQLError) in
                try connection.transaction { connection throws(PostgreSQLError) in
                    try spread.run(at: now, in: &connection)
                }
            }
            for channel in outcome?.channels ?? [] { sendAlarms[channel]?.ring() }
            if let feeds = outcome?.feeds, !feeds.isEmpty { feed?.lengthened(feeds) }
            // After a full batch there may be more at once.
            if let outcome, outcome.count == Int(options.spreadLimit) { continue }
            let isBusy = outcome?.isBusy == true
            await spreadAlarm.wait(atMost: .milliseconds(isBusy ? 50 : options.pollMillis))
        }
    }

    // MARK: - Sending

    private func sendLoop(_ sender: any NoticeSending, _ alarm: Alarm) async {
        let rows = DeliveryRows(sealing: sealing, addressing: addressing)
        let (options, channel) = (options, sender.channel)
        while !isEnding {
            let now = clock()
            let claimed = await attempt("claiming notices") { connection throws(PostgreSQLError) in
                try rows.claim(
                    channel, at: now, leaseSeconds: options.leaseSeconds,
                    limit: options.concurrency, on: &connection)
            }
            await withTaskGroup { group in
                for delivery in claimed ?? [] {
                    group.addTask { await self.carry(delivery, by: sender) }
                }
            }
            if let claimed, claimed.count == Int(options.concurrency) { continue }
            await alarm.wait(atMost: .milliseconds(options.pollMillis))
        }
    }

    private func carry(_ delivery: ClaimedDelivery, by sender: any NoticeSending) async {
        let (answer, step) = await outcome(of: delivery, by: sender)
        let (now, target) = (clock(), PushTargetID(delivery.key.target))
        let isKept = await attempt("keeping what came of a notice") {
            connection throws(PostgreSQLError) in
            switch answer {
            case .gone(_, let since) where delivery.key.channel.isPush:
                try PushTargets.remove(target, goneSince: since ?? now, on: &connection)
            case .delivered where delivery.key.channel.isPush:
                try PushTargets.use(target, at: now, on: &connection)
            default: break
            }
            return try DeliveryRows.settle(delivery, step, at: now, on: &connection)
        }
        log(delivery, step, isKept: isKept == true)
    }

    /// What the sender said, if it was asked, and what follows.
    private func outcome(
        of delivery: ClaimedDelivery, by sender: any NoticeSending
    ) async -> (answer: DeliveryAnswer?, step: DeliveryStep) {
        if delivery.expiresAt <= clock() { return (nil, .dead(code: "expired")) }
        // Only a courier that was killed, each time, leaves the last attempt without an answer.
        if delivery.attempt > options.rule.maximumAttempts {
            return (nil, .dead(code: "interrupted"))
        }
        guard let notice = delivery.notice else {
            return (nil, .failed(code: delivery.hindrance))
        }
        let answer = await sender.send(notice)
        var random = SystemRandomNumberGenerator()
        let step = options.rule.step(
            after: answer, attempt: delivery.attempt, at: clock(), expiresAt: delivery.expiresAt,
            random: &random)
        return (answer, step)
    }

    private func log(_ delivery: ClaimedDelivery, _ step: DeliveryStep, isKept: Bool) {
        var metadata: Logger.Metadata = [
            "notice": "\(delivery.key.notice)", "channel": "\(delivery.key.channel.word)",
            "attempt": "\(delivery.attempt)",
        ]
        if !isKept {
            logger.warning("what came of a notice was not kept", metadata: metadata)
            return
        }
        switch step {
        case .sent: logger.debug("a notice was sent", metadata: metadata)
        case .again(_, let code):
            metadata["code"] = "\(code)"
            logger.info("a notice is tried again later", metadata: metadata)
        case .failed(let code):
            metadata["code"] = "\(code)"
            logger.info("a notice cannot be delivered", metadata: metadata)
        case .dead(let code):
            metadata["code"] = "\(code)"
            logger.warning("a notice was given up", metadata: metadata)
        }
    }

    // MARK: - Sweeping

    private func sweepLoop() async {
        let keptSeconds = options.keptSeconds
        while !isEnding {
            let now = clock()
            let hasMore = await attempt("sweeping notices") { connection throws(PostgreSQLError) in
                try NoticeSweep.run(keptSeconds: keptSeconds, at: now, on: &connection)
            }
            if hasMore == true { continue }
            await sweepAlarm.wait(atMost: .seconds(options.sweepSeconds))
        }
    }

    /// What `body` returns; nil if the database failed, which is logged: the next round tries again.
    private func attempt<Value: Sendable>(
        _ what: String,
        _ body: @escaping @Sendable (inout Connection) throws(PostgreSQLError) -> Value
    ) async -> Value? {
        do throws(PostgreSQLError) { return try await pool.run(body) } catch {
            logger.error("\(what) failed", metadata: ["error": "\(error)"])
            return nil
        }
    }
}

extension NoticeChannel {
    /// Whether its targets are devices.
    var isPush: Bool {
        switch self {
        case .webPush, .apns, .fcm: true
        case .feed, .email, .text: false
        }
    }
}
