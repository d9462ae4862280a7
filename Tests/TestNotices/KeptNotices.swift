public import EventLog
import Foundation
import Identity
public import Logging
public import Notices
public import People
import PostgreSQL
import Synchronization

/// A courier on a test's database, and all that it carried to addresses and telephones.
public final class KeptNotices: Sendable {
    /// Something that went to a contact.
    public struct Kept: Sendable {
        /// Where it went.
        public let to: String
        /// What it said.
        public let content: NoticeContent
    }

    private final class Box: Sendable {
        let kept = Mutex<[Kept]>([])
    }

    private struct Sender: NoticeSending {
        let channel: NoticeChannel
        let box: Box

        func send(_ notice: OutgoingNotice) async -> DeliveryAnswer {
            guard case .contact(let point) = notice.target else {
                return .refused(code: "wrong_target")
            }
            box.kept.withLock { $0.append(Kept(to: point.text, content: notice.content)) }
            return .delivered
        }
    }

    private let box = Box()
    private let pool: ConnectionPool
    /// What people are told, as they see it.
    public let feed: NoticeFeed
    private let courier: NoticeCourier
    private let running: Mutex<[Task<Void, Never>]>

    /// Begins to carry.
    public init(
        _ configuration: PeopleConfiguration, logger: Logger,
        clock: @escaping @Sendable () -> Timestamp
    ) {
        pool = ConnectionPool(configuration.database, count: 3, name: "kept-notices")
        let sealing = PeopleNotices(configuration)
        feed = NoticeFeed(pool, sealing: sealing, logger: logger)
        var options = CourierOptions()
        options.pollMillis = 50
        courier = NoticeCourier(
            pool, sealing: sealing, addressing: sealing,
            senders: [Sender(channel: .email, box: box), Sender(channel: .text, box: box)],
            feed: feed, options: options, logger: logger, clock: clock)
        let (courier, feed) = (courier, feed)
        running = Mutex([Task { await courier.run() }, Task { await feed.run() }])
    }

    /// Says that something was queued.
    public func wake() { courier.wake() }

    /// Carries no more.
    public func stop() async {
        courier.stop()
        feed.stop()
        for task in running.withLock({ $0 }) { await task.value }
        pool.stop()
    }

    /// All that was carried so far.
    public var all: [Kept] { box.kept.withLock { $0 } }

    /// What was waited for did not come.
    public struct Missing: Error {
        /// Nothing came.
        public init() {}
    }

    /// Waits until more than `count` things went to a contact, and returns the last of them.
    public func last(to contact: String, after count: Int = 0) async throws -> NoticeContent {
        for _ in 0..<1_000 {
            let kept = all.filter { $0.to == contact }
            if kept.count > count, let last = kept.last { return last.content }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw Missing()
    }

    /// Waits for the code of a verification.
    public func code(of verification: String) async throws -> String {
        for _ in 0..<1_000 {
            let code = all.first { $0.content.parameters[.verification] == verification }?.content
                .parameters[.code]
            if let code { return code }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw Missing()
    }
}
