import EventLog
import Identity
import PostgreSQL
import Synchronization
import Testing

@testable import Notices

@Suite struct NoticeCourierTests {
    private static let token = String(repeating: "ef", count: 32)

    private func queued(_ cluster: NoticeCluster, _ count: Int = 1) async throws -> PersonID {
        let person = try await cluster.person()
        cluster.addressing.set(
            [
                NoticeContact(
                    id: ContactID(at: cluster.clock.now),
                    point: try Samples.email("ana@example.org"))
            ], of: person)
        try await cluster.enqueue(
            (0..<count).map {
                NewNotice(to: .person(person), .statementReady("\($0)"), occasion: "\($0)")
            })
        return person
    }

    @Test func `a notice is sent once, and what came of it is kept`() async throws {
        try await NoticeCluster.with { cluster in
            _ = try await queued(cluster)
            let sender = TestSender(.email)
            let courier = cluster.courier([sender]) { $0.pollMillis = 1_000 }
            try await cluster.running([courier]) {
                try await eventually("it is sent") {
                    try await cluster.deliveries(.sent).count == 1
                }
            }
            #expect(sender.notices.count == 1)
            let notice = try #require(sender.notices.first)
            #expect(notice.content == .statementReady("0"))
            #expect(notice.createdAt == cluster.clock.now)
            let listed = try #require(try await cluster.deliveries(.sent).first)
            #expect(listed.attempts == 1 && listed.error.isEmpty)
            #expect(listed.key.notice == notice.id)
        }
    }

    @Test func `two couriers send each notice once`() async throws {
        try await NoticeCluster.with { cluster in
            _ = try await queued(cluster, 300)
            let senders = [TestSender(.email), TestSender(.email)]
            let couriers = senders.map { cluster.courier([$0]) }
            try await cluster.running(couriers) {
                try await eventually("all are sent") {
                    try await cluster.deliveries(.sent).count == 300
                }
            }
            let sent = senders.map { $0.notices.map(\.id) }
            #expect(sent[0].count + sent[1].count == 300)
            #expect(Set(sent[0] + sent[1]).count == 300)
            #expect(!sent[0].isEmpty && !sent[1].isEmpty)
        }
    }

    @Test func `what cannot be sent now is sent after a wait, and no sooner`() async throws {
        try await NoticeCluster.with { cluster in
            _ = try await queued(cluster)
            let sender = TestSender(.email) { _, before in
                before < 2
                    ? .later(code: "attempt_\(before + 1)", afterSeconds: 100) : .delivered
            }
            try await cluster.running([cluster.courier([sender])]) {
                for attempt in 1...2 {
                    try await eventually("attempt \(attempt) is kept") {
                        try await cluster.deliveries(.queued).contains {
                            $0.error == "attempt_\(attempt)"
                        }
                    }
                    cluster.clock.advance(seconds: 99)
                    // Some polls take place without an attempt.
                    try await Task.sleep(for: .milliseconds(100))
                    #expect(sender.notices.count == attempt)
                    cluster.clock.advance(seconds: 6)
                }
                try await eventually("it is sent") {
                    try await cluster.deliveries(.sent).first?.attempts == 3
                }
            }
            #expect(Set(sender.notices.map(\.id)).count == 1)
        }
    }

    @Test func `after the last attempt it is a dead letter, which can be tried again`() async throws
    {
        try await NoticeCluster.with { cluster in
            _ = try await queued(cluster)
            let isMended = Atomic(false)
            let sender = TestSender(.email) { _, before in
                isMended.load(ordering: .relaxed)
                    ? .delivered : .later(code: "attempt_\(before + 1)")
            }
            let courier = cluster.courier([sender]) { $0.rule.maximumAttempts = 3 }
            try await cluster.running([courier]) {
                for attempt in 1...2 {
                    try await eventually("attempt \(attempt) is kept") {
                        try await cluster.deliveries(.queued).contains {
                            $0.error == "attempt_\(attempt)"
                        }
                    }
                    cluster.clock.advance(seconds: 60)
                }
                try await eventually("it is dead") {
                    try await cluster.deliveries(.dead).count == 1
                }
                let dead = try #require(try await cluster.deliveries(.dead).first)
                #expect(dead.attempts == 3 && dead.error == "attempt_3")
                #expect(dead.kind == .statementReady)
                cluster.clock.advance(seconds: 30 * 86_400)
                isMended.store(true, ordering: .relaxed)
                let (key, now) = (dead.key, cluster.clock.now)
                let isRequeued = try await cluster.pool.run { connection throws(PostgreSQLError) in
                    let first = try Deliveries.requeue(key, at: now, on: &connection)
                    let second = try Deliveries.requeue(key, at: now, on: &connection)
                    return first && !second
                }
                #expect(isRequeued)
                try await eventually("it is sent") {
                    try await cluster.deliveries(.sent).count == 1
                }
            }
            #expect(sender.notices.count == 4)
        }
    }

    @Test func `what a killed process had is sent by another once its lease ends`() async throws {
        try await NoticeCluster.with { cluster in
            _ = try await queued(cluster)
            _ = try await cluster.spread()
            let rows = DeliveryRows(sealing: cluster.sealing, addressing: cluster.addressing)
            let start = cluster.clock.now
            // Claims, and does not come back.
            let lost = try await cluster.pool.run { connection throws(PostgreSQLError) in
                try rows.claim(.email, at: start, leaseSeconds: 120, limit: 8, on: &connection)
            }
            #expect(lost.map(\.attempt) == [1])
            let sender = TestSender(.email)
            let courier = cluster.courier([sender])
            try await cluster.running([courier]) {
                cluster.clock.advance(seconds: 119)
                try await Task.sleep(for: .milliseconds(100))
                #expect(sender.notices.isEmpty)
                cluster.clock.advance(seconds: 1)
                try await eventually("it is sent") {
                    try await cluster.deliveries(.sent).first?.attempts == 2
                }
            }
            #expect(sender.notices.count == 1)
        }
    }

    @Test func `a courier that comes late does not meddle with another's attempt`() async throws {
        try await NoticeCluster.with { cluster in
            _ = try await queued(cluster)
            _ = try await cluster.spread()
            let rows = DeliveryRows(sealing: cluster.sealing, addressing: cluster.addressing)
            func claim() async throws -> ClaimedDelivery {
                let now = cluster.clock.now
                let claimed = try await cluster.pool.run { connection throws(PostgreSQLError) in
                    try rows.claim(.email, at: now, leaseSeconds: 120, limit: 8, on: &connection)
                }
                return try #require(claimed.first)
            }
            func settle(_ claimed: ClaimedDelivery, _ step: DeliveryStep) async throws -> Bool {
                let now = cluster.clock.now
                return try await cluster.pool.run { connection throws(PostgreSQLError) in
                    try DeliveryRows.settle(claimed, step, at: now, on: &connection)
                }
            }
            let slow = try await claim()
            cluster.clock.advance(seconds: 120)
            let next = try await claim()
            #expect([slow.attempt, next.attempt] == [1, 2])
            #expect(try await settle(slow, .failed(code: "late")) == false)
            #expect(try await cluster.deliveries(.queued).count == 1)
            #expect(try await settle(next, .sent))
            #expect(try await settle(slow, .failed(code: "late")) == false)
            #expect(try await cluster.deliveries(.sent).map(\.attempts) == [2])
        }
    }

    @Test func `a delivery that kills each process is given up`() async throws {
        try await NoticeCluster.with { cluster in
            _ = try await queued(cluster)
            _ = try await cluster.spread()
            let rows = DeliveryRows(sealing: cluster.sealing, addressing: cluster.addressing)
            for _ in 0..<2 {
                let now = cluster.clock.now
                _ = try await cluster.pool.run { connection throws(PostgreSQLError) in
                    try rows.claim(.email, at: now, leaseSeconds: 10, limit: 8, on: &connection)
                }
                cluster.clock.advance(seconds: 10)
            }
            let sender = TestSender(.email)
            let courier = cluster.courier([sender]) { $0.rule.maximumAttempts = 2 }
            try await cluster.running([courier]) {
                try await eventually("it is dead") {
                    try await cluster.deliveries(.dead).map(\.error) == ["interrupted"]
                }
            }
            #expect(sender.notices.isEmpty)
        }
    }

    @Test func `what comes too late is not sent`() async throws {
        try await NoticeCluster.with { cluster in
            let point = try Samples.email("ana@example.org")
            try await cluster.enqueue([
                NewNotice(
                    to: .contact(point, of: nil), .verification("123456", Samples.verification),
                    occasion: "a")
            ])
            cluster.clock.advance(seconds: 600)
            let sender = TestSender(.email)
            try await cluster.running([cluster.courier([sender])]) {
                try await eventually("it is dead") {
                    try await cluster.deliveries(.dead).map(\.error) == ["expired"]
                }
            }
            #expect(sender.notices.isEmpty)
        }
    }

    @Test func `a target that is gone is removed, unless it was registered again since`()
        async throws
    {
        try await NoticeCluster.with { cluster in
            let person = try await cluster.person()
            let start = cluster.clock.now
            let stale = try #require(
                try await cluster.register(
                    .apns(try DeviceToken(apns: Self.token)), of: person))
            cluster.clock.advance(seconds: 100)
            let fresh = try #require(
                try await cluster.register(
                    .apns(try DeviceToken(apns: Self.token + "01")), of: person))
            cluster.clock.advance(seconds: 100)
            try await cluster.enqueue([
                NewNotice(to: .person(person), try Samples.received(), occasion: "a")
            ])
            let sender = TestSender(.apns) { _, _ in
                .gone(code: "unregistered", since: start.adding(seconds: 50))
            }
            try await cluster.running([cluster.courier([sender])]) {
                try await eventually("both fail") {
                    try await cluster.deliveries(.failed).map(\.error)
                        == ["unregistered", "unregistered"]
                }
            }
            #expect(try await cluster.targets(of: person).map(\.id) == [fresh])
            #expect(stale != fresh)
        }
    }

    @Test func `a slow channel does not keep another waiting`() async throws {
        try await NoticeCluster.with { cluster in
            let person = try await queued(cluster)
            _ = try await cluster.register(
                .apns(try DeviceToken(apns: Self.token)), of: person)
            let slow = AsyncStream.makeStream(of: Void.self)
            let mail = TestSender(.email) { _, _ in
                for await _ in slow.stream { break }
                return .delivered
            }
            let push = TestSender(.apns)
            try await cluster.running([cluster.courier([mail, push])]) {
                try await eventually("mail is under way") { mail.notices.count == 1 }
                try await cluster.enqueue([
                    NewNotice(to: .person(person), try Samples.received(), occasion: "a")
                ])
                try await eventually("push is sent") {
                    try await cluster.deliveries(.sent).map(\.key.channel) == [.apns]
                }
                slow.continuation.yield()
            }
            // Stopped, it has finished what was under way.
            #expect(try await cluster.deliveries(.sent).count == 2)
        }
    }

    @Test func `a courier survives that its connections are killed`() async throws {
        try await NoticeCluster.with { cluster in
            let sender = TestSender(.email)
            try await cluster.running([cluster.courier([sender])]) {
                _ = try await queued(cluster, 1)
                try await eventually("the first is sent") { sender.notices.count == 1 }
                let information = cluster.information
                try await cluster.pool.run { _ throws(PostgreSQLError) in
                    var other = try Connection(information)
                    try other.execute(
                        """
                        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                        WHERE datname = current_database() AND pid <> pg_backend_pid()
                        """)
                }
                _ = try await queued(cluster, 1)
                try await eventually("the second is sent") { sender.notices.count == 2 }
            }
        }
    }

    @Test func `old notices are swept, those for contacts first`() async throws {
        try await NoticeCluster.with { cluster in
            let person = try await queued(cluster, 3)
            let point = try Samples.email("ana@example.org")
            try await cluster.enqueue([
                NewNotice(to: .contact(point, of: nil), .notRegistered, occasion: "a")
            ])
            _ = try await cluster.spread()
            func sweep() async throws -> Bool {
                let now = cluster.clock.now
                return try await cluster.pool.run { connection throws(PostgreSQLError) in
                    try NoticeSweep.run(
                        keptSeconds: 90 * 86_400, limit: 2, at: now, on: &connection)
                }
            }
            func left() async throws -> Int { try await cluster.deliveries(.queued).count }
            #expect(try await sweep() == false)
            #expect(try await left() == 4)
            cluster.clock.advance(seconds: 8 * 86_400)
            #expect(try await sweep() == false)
            #expect(try await left() == 3)
            cluster.clock.advance(seconds: 90 * 86_400)
            #expect(try await sweep())
            #expect(try await left() == 1)
            #expect(try await sweep() == false)
            #expect(try await left() == 0)
            // Numbers go on: a client that has seen three is not told of a first one again.
            try await cluster.enqueue([
                NewNotice(to: .person(person), .statementReady("0"), occasion: "0")
            ])
            _ = try await cluster.spread()
            #expect(try await cluster.feed.entries(of: person, after: 3).map(\.number) == [4])
        }
    }
}
