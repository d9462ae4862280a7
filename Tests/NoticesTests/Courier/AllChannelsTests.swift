import EventLog
import Identity
import Outbound
import PostgreSQL
import Testing

@testable import Notices

/// From the queue to the providers' stand-ins and a mail server, with nothing replaced between.
@Suite struct AllChannelsTests {
    @Test func `a person is told once on every channel, and nothing of it is in the log`()
        async throws
    {
        try await StandIn.with { service in
            try await MailStandIn.with { mail in
                try await NoticeCluster.with { cluster in
                    try await run(cluster, service, mail)
                }
            }
        }
    }

    private func run(
        _ cluster: NoticeCluster, _ service: StandIn, _ mail: MailStandIn
    ) async throws {
        let log = CapturedLog()
        let (web, http2, smtp) = (
            service.client(), service.client { $0.requiresHTTP2 = true }, mail.client()
        )
        defer { for client in [web, http2, smtp] { client.stop() } }
        let clock: @Sendable () -> Timestamp = { [clock = cluster.clock] in clock.now }
        let setup = service.setup
        let senders: [any NoticeSending] = [
            WebPushSender(
                web, key: try VAPIDKey(pem: setup.vapid, subject: "mailto:ops@example.org"),
                clock: clock),
            APNsSender(
                http2, key: try APNsKey(pem: setup.apns, id: "KEY1234567", team: "TEAM123456"),
                topic: "org.example.holdfast", origin: setup.origin, clock: clock),
            FCMSender(
                web, account: try FCMAccount(json: Array(setup.google.utf8)),
                origin: setup.origin, clock: clock),
            MailSender(
                smtp, server: mail.server(.startTLS),
                from: try MailOrigin(name: "Holdfast", address: "notices@example.org")),
            LoggedNotices(.text, log.logger),
        ]
        let person = try await equipped(cluster, service)
        let feed = cluster.feed
        var options = CourierOptions()
        options.pollMillis = 20
        let couriers = (0..<2).map { _ in
            NoticeCourier(
                cluster.pool, sealing: cluster.sealing, addressing: cluster.addressing,
                senders: senders, feed: feed, options: options, logger: log.logger, clock: clock)
        }
        try await cluster.running(couriers) {
            let notice = NewNotice(
                to: .person(person), .newDevice("Secret Phone"), occasion: "sign-in 1")
            for _ in 0..<3 { try await cluster.enqueue([notice]) }
            try await eventually("all are sent") {
                try await cluster.deliveries(.sent).count == 5
            }
        }
        let told = try await service.told(4)
        #expect(told.count == 4)
        #expect(Set(told.map(\.service)) == ["push", "apns", "token", "fcm"])
        let id = try #require(try await feed.entries(of: person, after: 0).first).id.description
        #expect(told.compactMap(\.plain?.id) == [id])
        #expect(told.compactMap(\.payload?.id) == [id])
        #expect(told.compactMap { $0.message?.data["id"] } == [id])
        #expect(try await mail.received(1).map(\.id) == ["<\(id)@example.org>"])
        #expect(log.text.contains(id))
        for word in ["Secret", "ana@", "15112345", "push/ok", "abcabc", setup.p256dh] {
            #expect(!log.text.contains(word), "\(word)")
        }
    }

    private func equipped(_ cluster: NoticeCluster, _ service: StandIn) async throws -> PersonID {
        let person = try await cluster.person()
        guard case .device(let browser) = try service.subscription() else { return person }
        let token = String(repeating: "abc", count: 20)
        for address in [
            browser, .apns(try DeviceToken(apns: token + "abcd")),
            .fcm(try DeviceToken(fcm: "device:" + token)),
        ] {
            #expect(try await cluster.register(address, of: person) != nil)
        }
        cluster.addressing.set(
            try ["ana@example.org", "+4915112345678"].map {
                NoticeContact(
                    id: ContactID(at: cluster.clock.now), point: try #require(ContactPoint($0)))
            }, of: person)
        try await cluster.pool.run { connection throws(PostgreSQLError) in
            try NoticePreferences.put(.all, for: .newDevice, of: person, on: &connection)
        }
        return person
    }
}
