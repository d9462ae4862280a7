import EventLog
import Outbound
import Testing

@testable import Notices

@Suite struct APNsSenderTests {
    private static func token(_ beginning: String = "aa") throws -> DeliveryTarget {
        let rest = String(repeating: "b", count: 64 - beginning.utf8.count)
        return .device(.apns(try DeviceToken(apns: beginning + rest)))
    }

    private func withSender(
        _ body: (StandIn, APNsSender, TestClock) async throws -> Void
    ) async throws {
        try await StandIn.with { service in
            let clock = TestClock()
            let client = service.client { $0.requiresHTTP2 = true }
            defer { client.stop() }
            let key = try APNsKey(
                pem: service.setup.apns, id: "KEY1234567", team: "TEAM123456")
            let sender = APNsSender(
                client, key: key, topic: "org.example.holdfast", origin: service.setup.origin,
                clock: { clock.now })
            try await body(service, sender, clock)
        }
    }

    @Test func `a notice of each kind is taken`() async throws {
        try await withSender { service, sender, clock in
            let contents = try Samples.contents()
            for content in contents {
                let notice = Samples.outgoing(content, to: try Self.token(), at: clock.now)
                #expect(await sender.send(notice) == .delivered)
            }
            for (told, content) in zip(try await service.told(contents.count), contents) {
                #expect(told.reason == nil)
                let payload = try #require(told.payload)
                let text = NoticeText(content)
                #expect(payload.aps.alert == ["title": text.title, "body": text.body])
                #expect(payload.kind == content.kind.word)
                #expect(payload.data == content.namedParameters)
                #expect(told.headers?["apns-id"] == payload.id)
                #expect(told.headers?["apns-collapse-id"] == payload.id)
                let isLow = content.kind.urgency == .low
                #expect(told.headers?["apns-priority"] == (isLow ? "5" : "10"))
            }
        }
    }

    @Test func `a provider token is used for forty minutes`() async throws {
        try await withSender { service, sender, clock in
            for _ in 0..<5 {
                let notice = Samples.outgoing(
                    .limitsChanged, to: try Self.token(), at: clock.now)
                #expect(await sender.send(notice) == .delivered)
                clock.advance(seconds: 19 * 60)
            }
            let told = try await service.told(5)
            let start = Samples.start.rawValue / 1_000_000
            #expect(
                told.compactMap { $0.claims?.iat }.map { ($0 - start) / 60 } == [0, 0, 0, 57, 57])
        }
    }

    @Test func `a token that APNs calls expired is made anew, but not sooner than it allows`()
        async throws
    {
        try await withSender { service, sender, clock in
            let notice = Samples.outgoing(.limitsChanged, to: try Self.token("0403"))
            for minutes in [0, 10, 15, 1] {
                clock.advance(seconds: Int64(minutes) * 60)
                #expect(await sender.send(notice) == .later(code: "expired_provider_token"))
            }
            let told = try await service.told(4)
            let start = Samples.start.rawValue / 1_000_000
            #expect(told.compactMap { $0.claims?.iat }.map { ($0 - start) / 60 } == [0, 0, 0, 26])
        }
    }

    @Test(arguments: [
        ("bad0", DeliveryAnswer.gone(code: "bad_device_token")),
        ("0410", .gone(code: "unregistered", since: Timestamp(1_780_000_000_000_000))),
        ("0429", .later(code: "too_many_requests")),
        ("0503", .later(code: "service_unavailable")),
    ])
    func `what APNs answers is understood`(
        _ beginning: String, _ expected: DeliveryAnswer
    ) async throws {
        try await withSender { service, sender, clock in
            let notice = Samples.outgoing(.limitsChanged, to: try Self.token(beginning))
            #expect(await sender.send(notice) == expected)
        }
    }

    @Test func `operators' mistakes are tried again, and other refusals are final`() {
        func answer(_ status: Int, _ reason: String) -> DeliveryAnswer {
            APNsSender.answer(
                WebAnswer(status: status, body: Array("{\"reason\":\"\(reason)\"}".utf8)))
        }
        #expect(
            answer(403, "InvalidProviderToken") == .later(code: "invalid_provider_token"))
        #expect(answer(400, "DeviceTokenNotForTopic") == .gone(code: "device_token_not_for_topic"))
        #expect(answer(413, "PayloadTooLarge") == .refused(code: "payload_too_large"))
        #expect(answer(400, "BadTopic") == .refused(code: "bad_topic"))
        #expect(APNsSender.answer(WebAnswer(status: 502)) == .later(code: "status_502"))
        #expect(APNsSender.answer(WebAnswer(status: 410)) == .gone(code: "status_410"))
        #expect(DeliveryAnswer.code("Weird reason!\n") == "weirdreason")
        #expect(DeliveryAnswer.code("") == "unknown")
    }

    @Test func `a service without HTTP/2 is not APNs`() async throws {
        try await StandIn.with { service in
            let client = service.client { $0.requiresHTTP2 = true }
            defer { client.stop() }
            let key = try APNsKey(
                pem: service.setup.apns, id: "KEY1234567", team: "TEAM123456")
            let sender = APNsSender(
                client, key: key, topic: "org.example.holdfast", origin: service.setup.old,
                clock: { Samples.start })
            let notice = Samples.outgoing(.limitsChanged, to: try Self.token())
            #expect(await sender.send(notice) == .later(code: "connection"))
        }
    }

    @Test func `keys with names of another length are refused`() throws {
        #expect(throws: NoticeError.self) { try APNsKey(pem: "", id: "A", team: "B") }
    }
}
