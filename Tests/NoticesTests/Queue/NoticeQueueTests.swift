import EventLog
import Identity
import PostgreSQL
import Testing

@testable import Notices

@Suite struct NoticeQueueTests {
    private static let count = Statement("test.count", "SELECT count(*) FROM notice")

    private func count(_ cluster: NoticeCluster) async throws -> Int64 {
        try await cluster.pool.run { connection throws(PostgreSQLError) in
            try connection.query(Self.count).int(0, 0)
        }
    }

    @Test func `a notice is there if what it tells of is there, and otherwise not`() async throws {
        try await NoticeCluster.with { cluster in
            let person = try await cluster.person()
            let notice = NewNotice(to: .person(person), .passwordChanged, occasion: "a")
            let (queue, now) = (NoticeQueue(sealing: cluster.sealing), cluster.clock.now)
            await #expect(throws: PostgreSQLError.self) {
                try await cluster.pool.run { connection throws(PostgreSQLError) in
                    try connection.transaction { connection throws(PostgreSQLError) in
                        try queue.enqueue([notice], at: now, in: &connection)
                        throw PostgreSQLError.server(sqlState: "40001", "undone")
                    }
                }
            }
            #expect(try await count(cluster) == 0)
            #expect(try await cluster.enqueue([notice]) == 1)
            #expect(try await count(cluster) == 1)
        }
    }

    @Test func `the same is told once, also when it is told from many sides at once`() async throws
    {
        try await NoticeCluster.with { cluster in
            let people = [try await cluster.person(), try await cluster.person()]
            let content = try Samples.received()
            let added = try await withThrowingTaskGroup(of: Int.self) { group in
                for round in 0..<40 {
                    group.addTask {
                        let notices = (0..<10).flatMap { number in
                            people.map {
                                NewNotice(to: .person($0), content, occasion: "transfer \(number)")
                            }
                        }
                        return try await cluster.enqueue(
                            round % 2 == 0 ? notices : notices.reversed())
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(added == 20)
            #expect(try await count(cluster) == 20)
            // Another kind, another recipient or another occasion is another notice.
            let other = try Samples.email("ana@example.org")
            #expect(
                try await cluster.enqueue([
                    NewNotice(to: .person(people[0]), content, occasion: "transfer 10"),
                    NewNotice(to: .person(people[0]), .limitsChanged, occasion: "transfer 0"),
                    NewNotice(
                        to: .contact(other, of: people[0]), content, occasion: "transfer 0"),
                ]) == 3)
        }
    }

    @Test func `nothing that is personal can be read in the database`() async throws {
        try await NoticeCluster.with { cluster in
            let person = try await cluster.person()
            let point = try Samples.email("ana@example.org")
            try await cluster.enqueue([
                NewNotice(to: .person(person), try Samples.received(), occasion: "a"),
                NewNotice(
                    to: .contact(point, of: nil), .verification("123456", Samples.verification),
                    occasion: "b"),
            ])
            _ = try await cluster.register(
                .apns(try DeviceToken(apns: String(repeating: "ab", count: 32))), of: person)
            _ = try await cluster.spread()
            let dump = Statement(
                "test.dump",
                """
                SELECT string_agg(row_to_json(n)::text, '')
                    || string_agg(encode(sealed, 'escape'), '') FROM notice n
                """)
            let targets = Statement(
                "test.dump_targets",
                "SELECT string_agg(encode(sealed, 'escape'), '') FROM push_target")
            let text = try await cluster.pool.run { connection throws(PostgreSQLError) in
                try connection.query(dump).text(0, 0) + connection.query(targets).text(0, 0)
            }
            #expect(text.utf8.count > 500)
            for word in ["ana", "Ana", "123456", "12.50", "tickets", "abababababab"] {
                #expect(!text.contains(word), "\(word)")
            }
        }
    }

    @Test func `who was erased is told nothing`() async throws {
        try await NoticeCluster.with { cluster in
            let (first, second) = (try await cluster.person(), try await cluster.person())
            let notices = [first, second].map {
                NewNotice(to: .person($0), .dataExported, occasion: "a")
            }
            cluster.sealing.erase(first)
            #expect(try await cluster.enqueue(notices) == 1)
            cluster.addressing.set(
                [
                    NoticeContact(
                        id: ContactID(at: cluster.clock.now),
                        point: try Samples.email("b@example.org"))
                ], of: second)
            // Erased after the notice was spread: what it said is gone with the key.
            _ = try await cluster.spread()
            cluster.sealing.erase(second)
            let sender = TestSender(.email)
            try await cluster.running([cluster.courier([sender])]) {
                try await eventually("the delivery fails") {
                    try await cluster.deliveries(.failed).map(\.error) == ["erased"]
                }
            }
            #expect(sender.notices.isEmpty)
            #expect(try await cluster.feed.entries(of: second, after: 0).isEmpty)
        }
    }
}
