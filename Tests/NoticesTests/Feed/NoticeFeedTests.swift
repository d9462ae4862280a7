import EventLog
import Identity
import PostgreSQL
import SplitMix
import Synchronization
import TestSeed
import Testing

@testable import Notices

@Suite struct NoticeFeedTests {
    private func enqueue(
        _ count: Int, for person: PersonID, _ cluster: NoticeCluster, from first: Int = 0
    ) async throws {
        try await cluster.enqueue(
            (first..<first + count).map {
                NewNotice(to: .person(person), .statementReady("\($0)"), occasion: "\($0)")
            })
        _ = try await cluster.spread()
    }

    @Test func `pages go on where the last one ended, in both directions`() async throws {
        try await NoticeCluster.with { cluster in
            let (person, other) = (try await cluster.person(), try await cluster.person())
            for number in 0..<7 {
                try await enqueue(1, for: person, cluster, from: number)
                try await enqueue(1, for: other, cluster, from: number)
            }
            let feed = cluster.feed
            let first = try await feed.entries(of: person, after: 0, limit: 3)
            #expect(first.map(\.number) == [1, 2, 3])
            #expect(first.map { $0.content.parameters[.period] } == ["0", "1", "2"])
            #expect(first[0].text.body == "Your statement for 0 is ready.")
            #expect(try await feed.entries(of: person, after: 3).map(\.number) == [4, 5, 6, 7])
            #expect(try await feed.entries(of: person, after: 7).isEmpty)
            let last = try await feed.entries(of: person, before: nil, limit: 3)
            #expect(last.map(\.number) == [7, 6, 5])
            #expect(
                try await feed.entries(of: person, before: 5, limit: 9).map(\.number)
                    == [4, 3, 2, 1])
            #expect(try await feed.lastNumber(of: person) == 7)
            #expect(try await feed.lastNumber(of: PersonID(at: cluster.clock.now)) == 0)
        }
    }

    @Test func `what is read is marked once, and only by its person`() async throws {
        try await NoticeCluster.with { cluster in
            let (person, other) = (try await cluster.person(), try await cluster.person())
            try await enqueue(5, for: person, cluster)
            let feed = cluster.feed
            let entries = try await feed.entries(of: person, after: 0)
            let now = cluster.clock.now
            #expect(try await feed.unreadCount(of: person) == 5)
            #expect(try await feed.unreadCount(of: other) == 0)
            #expect(try await feed.markRead(entries[4].id, of: other, at: now) == false)
            #expect(try await feed.markRead(entries[4].id, of: person, at: now))
            #expect(
                try await feed.markRead(
                    entries[4].id, of: person, at: now.adding(seconds: 5)))
            #expect(try await feed.markRead(through: 2, of: person, at: now) == 2)
            #expect(try await feed.markRead(through: 2, of: person, at: now) == 0)
            #expect(try await feed.unreadCount(of: person) == 2)
            #expect(
                try await feed.entries(of: person, after: 0).map(\.readAt)
                    == [now, now, nil, nil, now])
        }
    }

    @Test func `who waits is told of what came, and of the last number only`() async throws {
        try await NoticeCluster.with { cluster in
            let person = try await cluster.person()
            let feed = cluster.feed
            let courier = cluster.courier([], feed: feed)
            var numbers = feed.changes(of: person, after: 0).makeAsyncIterator()
            // No poll of the feed runs: only the courier tells.
            try await cluster.running([courier]) {
                try await cluster.enqueue([
                    NewNotice(to: .person(person), .limitsChanged, occasion: "a")
                ])
                courier.wake()
                #expect(await numbers.next() == 1)
            }
            feed.lengthened([person: 5])
            feed.lengthened([person: 9])
            feed.lengthened([person: 7])
            #expect(await numbers.next() == 9)
            feed.stop()
            #expect(await numbers.next() == nil)
            var late = feed.changes(of: person, after: 0).makeAsyncIterator()
            #expect(await late.next() == nil)
        }
    }

    @Test func `a feed notices what another process added, also what came before it was asked`()
        async throws
    {
        try await NoticeCluster.with { cluster in
            let person = try await cluster.person()
            let feed = cluster.feed
            let work = Task { await feed.run() }
            try await enqueue(2, for: person, cluster)
            var numbers = feed.changes(of: person, after: 0).makeAsyncIterator()
            #expect(await numbers.next() == 2)
            try await enqueue(1, for: person, cluster, from: 2)
            #expect(await numbers.next() == 3)
            feed.stop()
            await work.value
            #expect(await numbers.next() == nil)
        }
    }

    /// Invariant: a reader that resumes behind the last number it saw sees every notice once, in order.
    @Test func `a stream that is resumed skips nothing, whatever commits when`() async throws {
        let seed = TestSeed.choose("NoticeFeedTests.resume")
        try await NoticeCluster.with { cluster in
            let people = [try await cluster.person(), try await cluster.person()]
            let (writers, each) = (6, 25)
            let feed = cluster.feed
            let couriers = [cluster.courier([], feed: feed), cluster.courier([])]
            let work = Task { await feed.run() }
            let readers = people.map { person in
                Task {
                    var random = SplitMix64(seed: seed ^ 99)
                    var seen: [FeedEntry] = []
                    while seen.count < writers * each {
                        let last = seen.last?.number ?? 0
                        let page = try await feed.entries(
                            of: person, after: last, limit: 1 + random.below(4))
                        seen += page
                        // A new stream each time, as of a client that connects again.
                        if page.isEmpty {
                            for await _ in feed.changes(of: person, after: last) { break }
                        }
                    }
                    return seen
                }
            }
            try await cluster.running(couriers) {
                try await withThrowingTaskGroup { group in
                    for writer in 0..<writers {
                        group.addTask {
                            try await Self.write(
                                writer, each, to: people, cluster, seed: seed &+ UInt64(writer))
                            for courier in couriers { courier.wake() }
                        }
                    }
                    try await group.waitForAll()
                }
                for reader in readers {
                    let seen = try await reader.value
                    #expect(Set(seen.map(\.id)).count == writers * each)
                    #expect(seen.map(\.number) == (1...Int64(writers * each)).map { $0 })
                }
            }
            feed.stop()
            await work.value
        }
    }

    /// Transactions of several notices that stay open for a while, so that they are committed in another order than they
    /// began in; some are undone.
    private static func write(
        _ writer: Int, _ each: Int, to people: [PersonID], _ cluster: NoticeCluster, seed: UInt64
    ) async throws {
        let (information, queue) = (cluster.information, NoticeQueue(sealing: cluster.sealing))
        try await withCheckedThrowingContinuation { continuation in
            let thread = TestThread {
                var random = SplitMix64(seed: seed)
                var connection = try Connection(information)
                var number = 0
                while number < each {
                    let count = min(each - number, 1 + random.below(4))
                    let notices = (number..<number + count).flatMap { number in
                        people.map {
                            NewNotice(
                                to: .person($0), .keyChanged, occasion: "\(writer) \(number)")
                        }
                    }
                    let isUndone = random.below(5) == 0
                    let now = Samples.start.adding(milliseconds: Int64(random.below(1_000)))
                    try connection.execute("BEGIN")
                    try queue.enqueue(notices, at: now, in: &connection)
                    TestThread.pause(milliseconds: random.below(12))
                    try connection.execute(isUndone ? "ROLLBACK" : "COMMIT")
                    if !isUndone { number += count }
                }
            }
            thread.start { continuation.resume(with: $0) }
        }
    }
}
