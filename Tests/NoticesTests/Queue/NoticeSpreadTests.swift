import EventLog
import Identity
import PostgreSQL
import Testing

@testable import Notices

@Suite struct NoticeSpreadTests {
    private static let token = String(repeating: "cd", count: 32)

    /// A person with a device on each of two push channels and three contacts.
    private func equipped(_ cluster: NoticeCluster) async throws -> PersonID {
        let person = try await cluster.person()
        _ = try await cluster.register(.apns(try DeviceToken(apns: Self.token)), of: person)
        _ = try await cluster.register(
            .fcm(try DeviceToken(fcm: "token:" + Self.token)), of: person)
        cluster.addressing.set(
            try ["first@example.org", "second@example.org", "+4915112345678"].map {
                NoticeContact(
                    id: ContactID(at: cluster.clock.now), point: try #require(ContactPoint($0)))
            }, of: person)
        return person
    }

    private func channels(_ cluster: NoticeCluster) async throws -> [NoticeKind: [NoticeChannel]] {
        Dictionary(grouping: try await cluster.deliveries(.queued), by: \.kind)
            .mapValues { $0.map(\.key.channel).sorted { $0.rawValue < $1.rawValue } }
    }

    @Test func `a notice goes where its person wants it`() async throws {
        try await NoticeCluster.with { cluster in
            let person = try await equipped(cluster)
            try await cluster.pool.run { connection throws(PostgreSQLError) in
                try NoticePreferences.put(
                    [.text], for: .paymentReceived, of: person, on: &connection)
                try NoticePreferences.put([], for: .paymentSent, of: person, on: &connection)
                try NoticePreferences.put([], for: .passwordChanged, of: person, on: &connection)
            }
            let amount = try Samples.money("3.00")
            try await cluster.enqueue([
                NewNotice(to: .person(person), try Samples.received(), occasion: "a"),
                NewNotice(
                    to: .person(person), .paymentSent(Samples.transfer, amount, to: "Ben"),
                    occasion: "a"),
                NewNotice(
                    to: .person(person), .claimWaiting(Samples.transfer, amount, from: "Ben"),
                    occasion: "a"),
                NewNotice(to: .person(person), .passwordChanged, occasion: "a"),
                NewNotice(to: .person(person), .newDevice("A phone"), occasion: "a"),
            ])
            let outcome = try await cluster.spread()
            #expect(outcome.count == 5)
            #expect(outcome.feeds == [person: 3])
            let channels = try await channels(cluster)
            #expect(channels[.paymentReceived] == [.text])
            #expect(channels[.paymentSent] == nil)
            // The first address alone, but both for security, though the person wants neither.
            #expect(channels[.claimWaiting] == [.apns, .fcm, .email])
            #expect(channels[.passwordChanged] == [.email, .email])
            #expect(channels[.newDevice] == [.apns, .fcm, .email, .email])
            let listed = try await cluster.feed.entries(of: person, after: 0)
            #expect(
                Set(listed.map(\.content.kind)) == [.claimWaiting, .passwordChanged, .newDevice])
            #expect(try await cluster.spread().count == 0)
        }
    }

    @Test func `what is for a contact goes there and nowhere else`() async throws {
        try await NoticeCluster.with { cluster in
            let person = try await equipped(cluster)
            let old = try Samples.email("old@example.org")
            let phone = try #require(ContactPoint(phone: "+4915100000001"))
            try await cluster.enqueue([
                NewNotice(to: .contact(old, of: person), .contactChanged(old), occasion: "a"),
                NewNotice(
                    to: .contact(phone, of: nil), .verification("123456", Samples.verification),
                    occasion: "b"),
            ])
            #expect(try await cluster.spread().feeds == [:])
            let (mail, text) = (TestSender(.email), TestSender(.text))
            try await cluster.running([cluster.courier([mail, text])]) {
                try await eventually("both are sent") {
                    try await cluster.deliveries(.sent).count == 2
                }
            }
            #expect(mail.notices.map(\.target) == [.contact(old)])
            #expect(text.notices.map(\.target) == [.contact(phone)])
            #expect(text.notices.first?.content.parameters[.code] == "123456")
        }
    }

    @Test func `channels that are not set up get nothing`() async throws {
        try await NoticeCluster.with { cluster in
            let person = try await equipped(cluster)
            try await cluster.enqueue([
                NewNotice(to: .person(person), .newDevice("A phone"), occasion: "a")
            ])
            _ = try await cluster.spread([.feed, .init(.apns)])
            #expect(try await channels(cluster) == [.newDevice: [.apns]])
        }
    }

    @Test func `who enqueues never waits for who spreads, sends or reads`() async throws {
        try await NoticeCluster.with { cluster in
            let person = try await equipped(cluster)
            func notice(_ occasion: String) -> NewNotice {
                NewNotice(to: .person(person), .newDevice("A phone"), occasion: occasion)
            }
            try await cluster.enqueue([notice("before")])
            _ = try await cluster.spread()
            try await cluster.enqueue([notice("during")])
            let spread = NoticeSpread(addressing: cluster.addressing, channels: .all, limit: 10)
            let rows = DeliveryRows(sealing: cluster.sealing, addressing: cluster.addressing)
            let queue = NoticeQueue(sealing: cluster.sealing)
            let (information, now) = (cluster.information, cluster.clock.now)
            let new = notice("meanwhile")
            let added = try await cluster.pool.run { connection throws(PostgreSQLError) in
                // Each has done its work and not yet committed it.
                var spreading = try Connection(information)
                var sending = try Connection(information)
                try spreading.execute("BEGIN")
                try sending.execute("BEGIN")
                _ = try spread.run(at: now, in: &spreading)
                let claimed = try rows.claim(
                    .email, at: now, leaseSeconds: 60, limit: 10, on: &sending)
                _ = try DeliveryRows.settle(claimed[0], .sent, at: now, on: &sending)
                _ = try FeedRows.markRead(through: 9, of: person, at: now, on: &sending)
                // Waiting for either of them would fail.
                try connection.execute("SET lock_timeout = '1s'")
                let added = try connection.transaction { connection throws(PostgreSQLError) in
                    try queue.enqueue([new], at: now, in: &connection)
                }
                try connection.execute("SET lock_timeout = 0")
                try spreading.execute("COMMIT")
                try sending.execute("COMMIT")
                return added
            }
            #expect(added == 1)
            _ = try await cluster.spread()
            #expect(
                try await cluster.feed.entries(of: person, after: 0).map(\.number) == [1, 2, 3])
        }
    }

    @Test func `while one process spreads another leaves it to that one`() async throws {
        try await NoticeCluster.with { cluster in
            let person = try await cluster.person()
            try await cluster.enqueue([
                NewNotice(to: .person(person), .limitsChanged, occasion: "a")
            ])
            let spread = NoticeSpread(addressing: cluster.addressing, channels: .all, limit: 10)
            let (information, now) = (cluster.information, cluster.clock.now)
            let (first, second) = try await cluster.pool.run { connection throws(PostgreSQLError) in
                var other = try Connection(information)
                try other.execute("BEGIN")
                let first = try spread.run(at: now, in: &other)
                let second = try connection.transaction { connection throws(PostgreSQLError) in
                    try spread.run(at: now, in: &connection)
                }
                try other.execute("COMMIT")
                return (first, second)
            }
            #expect(first.count == 1 && !first.isBusy)
            #expect(second.count == 0 && second.isBusy)
        }
    }
}
