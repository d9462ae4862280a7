import EventLog
import Outbound
import Testing

@testable import Notices

@Suite struct WebPushSenderTests {
    private func withSender(
        _ body: (StandIn, WebPushSender, TestClock) async throws -> Void
    ) async throws {
        try await StandIn.with { service in
            let clock = TestClock()
            let client = service.client()
            defer { client.stop() }
            let key = try VAPIDKey(pem: service.setup.vapid, subject: "mailto:ops@example.org")
            try await body(
                service, WebPushSender(client, key: key, clock: { clock.now }), clock)
        }
    }

    @Test func `a browser reads what it is sent, and its service knows who sent it`() async throws {
        try await withSender { service, sender, clock in
            let target = try service.subscription()
            let contents = try Samples.contents()
            for content in contents {
                #expect(
                    await sender.send(Samples.outgoing(content, to: target, at: clock.now))
                        == .delivered)
            }
            let told = try await service.told(contents.count)
            for (told, content) in zip(told, contents) {
                #expect(told.problems == [], "\(content.kind)")
                let plain = try #require(told.plain)
                #expect(plain.kind == content.kind.word)
                #expect(plain.title == NoticeText(content).title)
                #expect(plain.body == NoticeText(content).body)
                #expect(plain.data == content.namedParameters)
            }
            #expect(told[0].headers?["ttl"] == "259200")
            #expect(told.contains { $0.headers?["urgency"] == "high" })
            // Connections are used again.
            #expect(Set(told.map(\.connection)).count <= 2)
            #expect(Set(told.compactMap { $0.headers?["authorization"] }).count == 1)
        }
    }

    @Test func `a repetition has the same topic, another notice another one`() async throws {
        try await withSender { service, sender, clock in
            let target = try service.subscription()
            let (first, second) = (NoticeID(at: clock.now), NoticeID(at: clock.now))
            for id in [first, second, first] {
                clock.advance(seconds: 7 * 3_600)
                let sent = await sender.send(
                    Samples.outgoing(.limitsChanged, to: target, id: id, at: clock.now))
                #expect(sent == .delivered)
            }
            let told = try await service.told(3)
            let topics = told.compactMap { $0.headers?["topic"] }
            #expect(topics[0] == topics[2] && topics[0] != topics[1])
            #expect(topics.allSatisfy { $0.utf8.count == 22 })
            // Tokens are made anew in time, and hold for at most a day.
            let ends = told.compactMap(\.claims?.exp)
            #expect(Set(ends).count == 3)
            #expect(ends[0] - (Samples.start.rawValue / 1_000_000 + 7 * 3_600) == 12 * 3_600)
        }
    }

    @Test(arguments: [
        ("gone", DeliveryAnswer.gone(code: "status_410")), ("missing", .gone(code: "status_404")),
        ("busy", .later(code: "status_429", afterSeconds: 77)),
        ("down", .later(code: "status_503")), ("large", .refused(code: "too_long")),
        ("forbidden", .refused(code: "status_403")), ("moved", .refused(code: "status_307")),
    ])
    func `what a push service answers is understood, and redirects are not followed`(
        _ word: String, _ expected: DeliveryAnswer
    ) async throws {
        try await withSender { service, sender, clock in
            let notice = Samples.outgoing(
                .limitsChanged, to: try service.subscription(word), at: clock.now)
            #expect(await sender.send(notice) == expected)
            #expect(try await service.told(1).map(\.problems) == [[]])
        }
    }

    @Test func `an endpoint inside our own network is not even connected to`() async throws {
        try await StandIn.with { service in
            let key = try VAPIDKey(pem: service.setup.vapid, subject: "mailto:ops@example.org")
            let client = service.client { $0.allowsPrivateAddresses = false }
            defer { client.stop() }
            let sender = WebPushSender(client, key: key, clock: { Samples.start })
            let notice = Samples.outgoing(.limitsChanged, to: try service.subscription())
            #expect(await sender.send(notice) == .refused(code: "refused_address"))
            let open = service.client()
            defer { open.stop() }
            _ = try await open.send(WebRequest(.get, service.setup.origin + "/after"))
            #expect(try await service.told(1).map(\.path) == ["/after"])
        }
    }

    @Test func `what is no key, or no subject, is refused`() {
        #expect(throws: NoticeError.self) { try VAPIDKey(pem: "", subject: "mailto:a@b.org") }
    }
}
