import EventLog
import Identity
import PostgreSQL
import Testing

@testable import Notices

@Suite struct DeliveriesTests {
    private func mailed(_ cluster: NoticeCluster, _ count: Int) async throws -> PersonID {
        let person = try await cluster.person()
        cluster.addressing.set(
            [
                NoticeContact(
                    id: ContactID(at: cluster.clock.now),
                    point: try Samples.email("ana@example.org"))
            ], of: person)
        for number in 0..<count {
            try await cluster.enqueue([
                NewNotice(
                    to: .person(person), .statementReady("\(number)"), occasion: "\(number)")
            ])
            cluster.clock.advance(seconds: 1)
        }
        return person
    }

    @Test func `operators see what waits and what is dead, page by page`() async throws {
        try await NoticeCluster.with { cluster in
            _ = try await mailed(cluster, 5)
            let sender = TestSender(.email) { notice, _ in
                notice.content.parameters[.period] == "3" ? .delivered : .later(code: "smtp_421")
            }
            let courier = cluster.courier([sender]) { $0.rule.maximumAttempts = 1 }
            try await cluster.running([courier]) {
                try await eventually("all are settled") {
                    let (dead, sent) = (
                        try await cluster.deliveries(.dead), try await cluster.deliveries(.sent)
                    )
                    return dead.count == 4 && sent.count == 1
                }
            }
            let (counts, pages, ofOne) = try await cluster.pool.run {
                connection throws(PostgreSQLError) in
                let first = try Deliveries.all(.dead, limit: 3, on: &connection)
                let second = try Deliveries.all(
                    .dead, after: first[2].key.notice, limit: 3, on: &connection)
                return (
                    try Deliveries.counts(on: &connection), [first, second],
                    try Deliveries.all(of: first[0].key.notice, on: &connection)
                )
            }
            #expect(counts == (queued: 0, dead: 4))
            #expect(pages.map(\.count) == [3, 1])
            #expect(Set(pages.joined().map(\.key)).count == 4)
            #expect(ofOne == [pages[0][0]])
        }
    }

    @Test func `what a person chose is kept, with what cannot be switched off`() async throws {
        try await NoticeCluster.with { cluster in
            let person = try await cluster.person()
            let preferences = try await cluster.pool.run { connection throws(PostgreSQLError) in
                let before = try NoticePreferences(of: person, on: &connection)
                for channels in [NoticeChannels.push, .text] {
                    try NoticePreferences.put(
                        channels, for: .requestPaid, of: person, on: &connection)
                }
                try NoticePreferences.put([], for: .keyChanged, of: person, on: &connection)
                return [before, try NoticePreferences(of: person, on: &connection)]
            }
            #expect(preferences[0] == NoticePreferences())
            #expect(preferences[1].channels(for: .requestPaid) == .text)
            #expect(preferences[1].channels(for: .keyChanged) == [.feed, .email])
            #expect(preferences[1].channels(for: .claimWaiting) == [.feed, .push, .email])
        }
    }

    @Test func `of who is erased nothing is left, and nothing more goes out`() async throws {
        try await NoticeCluster.with { cluster in
            let (person, other) = (try await mailed(cluster, 2), try await mailed(cluster, 2))
            _ = try await cluster.register(
                .apns(try DeviceToken(apns: String(repeating: "ab", count: 32))), of: person)
            _ = try await cluster.spread()
            #expect(try await cluster.deliveries(.queued).count == 4)
            try await cluster.pool.run { connection throws(PostgreSQLError) in
                try connection.transaction { connection throws(PostgreSQLError) in
                    try NoticeErasure.run(for: person, in: &connection)
                }
            }
            #expect(try await cluster.deliveries(.queued).count == 2)
            #expect(try await cluster.targets(of: person).isEmpty)
            #expect(try await cluster.feed.entries(of: person, after: 0).isEmpty)
            #expect(try await cluster.feed.entries(of: other, after: 0).count == 2)
        }
    }
}
