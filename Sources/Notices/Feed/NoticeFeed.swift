public import EventLog
public import Identity
public import Logging
public import PostgreSQL
internal import Synchronization

/// What people are told in the application: their notices in order, and word of new ones.
///
/// A live stream reads what is behind the last number that its client has, sends it, and waits for ``changes(of:after:)``
/// to give a higher one. As numbers are in the order of commits, nothing is skipped.
public final class NoticeFeed: Sendable {
    private let pool: ConnectionPool
    private let sealing: any NoticeSealing
    private let logger: Logger
    private let watchers = FeedWatchers()
    private let alarm = Alarm()
    private let isStopped = Atomic<Bool>(false)

    /// Most entries of one page.
    public static let pageLimit = 200

    /// A feed; ``run()`` lets it notice what other processes add.
    public init(_ pool: ConnectionPool, sealing: any NoticeSealing, logger: Logger) {
        self.pool = pool
        self.sealing = sealing
        self.logger = logger
    }

    /// The entries behind a number, the oldest first: what a client missed. 0 is before all.
    ///
    /// - Parameter limit: At most so many, and at most ``pageLimit``.
    public func entries(
        of person: PersonID, after number: Int64, limit: Int = pageLimit
    ) async throws(PostgreSQLError) -> [FeedEntry] {
        try await entries(of: person, .after(number), limit)
    }

    /// The entries before a number, the newest first: what a list shows further down.
    ///
    /// - Parameters:
    ///   - number: nil for the newest of all.
    ///   - limit: At most so many, and at most ``pageLimit``.
    public func entries(
        of person: PersonID, before number: Int64?, limit: Int = pageLimit
    ) async throws(PostgreSQLError) -> [FeedEntry] {
        try await entries(of: person, .before(number ?? .max), limit)
    }

    private func entries(
        of person: PersonID, _ side: FeedRows.Side, _ limit: Int
    ) async throws(PostgreSQLError) -> [FeedEntry] {
        let sealing = sealing
        let count = Int64(max(0, min(limit, Self.pageLimit)))
        return try await pool.run { connection throws(PostgreSQLError) in
            try FeedRows.entries(
                of: person, side, limit: count, sealing: sealing, on: &connection)
        }
    }

    /// How many a person has not read.
    public func unreadCount(of person: PersonID) async throws(PostgreSQLError) -> Int64 {
        try await pool.run { connection throws(PostgreSQLError) in
            try FeedRows.unreadCount(of: person, on: &connection)
        }
    }

    /// The last number of a person's feed; 0 if it is empty.
    public func lastNumber(of person: PersonID) async throws(PostgreSQLError) -> Int64 {
        try await pool.run { connection throws(PostgreSQLError) in
            try FeedRows.lastNumbers(of: [person], on: &connection)[person] ?? 0
        }
    }

    /// The person has read one; false if it is not in their feed.
    public func markRead(
        _ notice: NoticeID, of person: PersonID, at now: Timestamp
    ) async throws(PostgreSQLError) -> Bool {
        try await pool.run { connection throws(PostgreSQLError) in
            try FeedRows.markRead(notice, of: person, at: now, on: &connection)
        }
    }

    /// The person has read all up to a number.
    ///
    /// - Returns: How many were unread until now.
    @discardableResult
    public func markRead(
        through number: Int64, of person: PersonID, at now: Timestamp
    ) async throws(PostgreSQLError) -> Int {
        try await pool.run { connection throws(PostgreSQLError) in
            try FeedRows.markRead(through: number, of: person, at: now, on: &connection)
        }
    }

    /// The last number of a person's feed each time that it has grown above `number`; of several at once only the last.
    /// Ends when the feed is stopped or the task that reads it is cancelled. New entries come at once if this process's
    /// courier spread them, and within a second if another's did.
    public func changes(of person: PersonID, after number: Int64) -> AsyncStream<Int64> {
        watchers.watch(person, after: number)
    }

    /// Looks each second, once for all who wait, whether a feed has grown. Until it is stopped or its task is cancelled;
    /// all streams then end.
    public func run() async {
        while !isStopped.load(ordering: .relaxed), !Task.isCancelled {
            let people = watchers.people
            if !people.isEmpty {
                do throws(PostgreSQLError) {
                    let feeds = try await pool.run { connection throws(PostgreSQLError) in
                        try FeedRows.lastNumbers(of: people, on: &connection)
                    }
                    watchers.lengthened(feeds)
                } catch {
                    logger.error("watching feeds failed", metadata: ["error": "\(error)"])
                }
            }
            await alarm.wait(atMost: .seconds(1))
        }
        watchers.stop()
    }

    /// Ends ``run()`` and all streams.
    public func stop() {
        isStopped.store(true, ordering: .relaxed)
        alarm.ring()
        watchers.stop()
    }

    /// Feeds that this process made longer.
    func lengthened(_ feeds: [PersonID: Int64]) { watchers.lengthened(feeds) }
}
