import EventLog
import Outbound
import Testing

@testable import Notices

@Suite struct FCMSenderTests {
    private static func token(_ word: String = "device") throws -> DeliveryTarget {
        .device(.fcm(try DeviceToken(fcm: "\(word):abcdefghijklmnop")))
    }

    private func withSender(
        _ body: (StandIn, FCMSender, TestClock) async throws -> Void
    ) async throws {
        try await StandIn.with { service in
            let clock = TestClock()
            let client = service.client()
            defer { client.stop() }
            let account = try FCMAccount(json: Array(service.setup.google.utf8))
            let sender = FCMSender(
                client, account: account, origin: service.setup.origin, clock: { clock.now })
            try await body(service, sender, clock)
        }
    }

    @Test func `a notice of each kind is taken, with one access token for all`() async throws {
        // The stand-in reads the assertion's times by its own clock.
        try await withSender { service, sender, clock in
            let contents = try Samples.contents()
            for content in contents {
                let notice = Samples.outgoing(content, to: try Self.token(), at: clock.now)
                #expect(await sender.send(notice) == .delivered)
            }
            let told = try await service.told(contents.count + 1)
            #expect(told.map(\.service) == ["token"] + contents.map { _ in "fcm" })
            #expect(told[0].problems == nil)
            for (told, content) in zip(told.dropFirst(), contents) {
                let message = try #require(told.message)
                let text = NoticeText(content)
                #expect(message.notification == ["title": text.title, "body": text.body])
                #expect(message.data["kind"] == content.kind.word)
                #expect(message.android.notification["tag"] == message.data["id"])
                #expect(message.android.ttl == "\(content.kind.lifeSeconds)s")
                let isHigh = content.kind.urgency == .high
                #expect(message.android.priority == (isHigh ? "HIGH" : "NORMAL"))
            }
        }
    }

    @Test func `an access token is renewed before it runs out, and after it was refused`()
        async throws
    {
        try await withSender { service, sender, clock in
            func send(_ word: String) async throws -> DeliveryAnswer {
                await sender.send(Samples.outgoing(.limitsChanged, to: try Self.token(word)))
            }
            #expect(try await send("device") == .delivered)
            clock.advance(seconds: 3_400)
            #expect(try await send("device") == .delivered)
            clock.advance(seconds: 100)
            #expect(try await send("device") == .delivered)
            #expect(try await send("revoked") == .later(code: "unauthenticated"))
            #expect(try await send("device") == .delivered)
            let told = try await service.told(8)
            #expect(
                told.map(\.service) == [
                    "token", "fcm", "fcm", "token", "fcm", "fcm", "token", "fcm",
                ])
        }
    }

    @Test(arguments: [
        ("left", DeliveryAnswer.gone(code: "unregistered")),
        ("other", .gone(code: "sender_id_mismatch")),
        ("many", .later(code: "quota_exceeded", afterSeconds: 60)),
        ("down", .later(code: "unavailable", afterSeconds: 300)),
        ("wrong", .refused(code: "invalid_argument")),
    ])
    func `what FCM answers is understood`(
        _ word: String, _ expected: DeliveryAnswer
    ) async throws {
        try await withSender { service, sender, clock in
            let notice = Samples.outgoing(.limitsChanged, to: try Self.token(word))
            #expect(await sender.send(notice) == expected)
        }
    }

    @Test func `while no access token can be had, notices wait`() async throws {
        try await StandIn.with { service in
            let client = service.client()
            defer { client.stop() }
            let text = service.setup.google.replacing("notices@", with: "somebody@")
            let sender = FCMSender(
                client, account: try FCMAccount(json: Array(text.utf8)),
                origin: service.setup.origin, clock: { Samples.start })
            let notice = Samples.outgoing(.limitsChanged, to: try Self.token())
            #expect(await sender.send(notice) == .later(code: "token_status_400"))
        }
    }

    @Test(arguments: ["", "{}", #"{"project_id":"a/b"}"#])
    func `what is no account is refused`(_ text: String) {
        #expect(throws: NoticeError.self) { try FCMAccount(json: Array(text.utf8)) }
    }
}
