import EventLog
import Identity
import PostgreSQL
import Testing

@testable import Notices

@Suite struct PushTargetsTests {
    private static let key =
        "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
    private static let secret = "BTBZMqHH6r4Tts7J_aSIgg"
    private static let token = String(repeating: "0a", count: 32)

    private func subscription(
        _ endpoint: String, key: String = key, secret: String = secret
    ) throws -> WebPushSubscription {
        try WebPushSubscription(endpoint: endpoint, publicKey: key, secret: secret)
    }

    @Test(arguments: [
        "http://push.example.net/1", "ftp://push.example.net/1", "https://", "push.example.net",
        "https://user@push.example.net/1", "https://push.example.net/1#x",
        "https://push.example.net/a b", "https://push.example.net/\u{e9}", "file:///etc/passwd",
        "https://push.example.net/" + String(repeating: "x", count: 2_048),
    ])
    func `what is no https endpoint is refused`(_ endpoint: String) {
        let error = #expect(throws: NoticeError.self) { try subscription(endpoint) }
        #expect(error?.isMalformedAddress == true)
    }

    @Test func `keys that are no point, and secrets of another length, are refused`() throws {
        let endpoint = "https://push.example.net/1"
        _ = try subscription(endpoint)
        let others = [
            "", "BA", Self.key.dropLast(2) + "AA", Self.key + "=", "A" + Self.key.dropFirst(),
        ]
        for key in others {
            #expect(throws: NoticeError.self) { try subscription(endpoint, key: key) }
        }
        for secret in ["", "AAAA", Self.secret + "AA"] {
            #expect(throws: NoticeError.self) { try subscription(endpoint, secret: secret) }
        }
        #expect(throws: NoticeError.self) { try DeviceToken(apns: "../v1") }
        #expect(throws: NoticeError.self) { try DeviceToken(apns: "abcd") }
        #expect(throws: NoticeError.self) { try DeviceToken(fcm: "a/../../b-long-enough-token") }
        #expect(throws: NoticeError.self) { try DeviceToken(fcm: "short") }
    }

    @Test func `an origin has a port only if it is not the usual one`() {
        func origin(_ url: String) -> String? {
            WebOrigin(of: url, allowsPlainText: false)?.text
        }
        #expect(origin("https://Push.example.net/a?b") == "https://push.example.net")
        #expect(origin("https://push.example.net:443/a") == "https://push.example.net")
        #expect(origin("https://push.example.net:8443/a") == "https://push.example.net:8443")
    }

    @Test func `addresses are sealed, and read as they were registered`() throws {
        let addresses: [PushAddress] = [
            .webPush(try subscription("https://push.example.net/1")),
            .apns(try DeviceToken(apns: Self.token.uppercased())),
            .fcm(try DeviceToken(fcm: "abc:DEF_12-34567890")),
        ]
        for address in addresses {
            #expect(PushAddress(address.channel, encoded: address.encoded) == address)
            #expect(PushAddress(.email, encoded: address.encoded) == nil)
            #expect(PushAddress(address.channel, encoded: [1, 10, 2, 10]) == nil)
        }
    }

    @Test func `a device has one address of a channel, and an address one person`() async throws {
        try await NoticeCluster.with { cluster in
            let (ana, ben) = (try await cluster.person(), try await cluster.person())
            let (phone, tablet) = (DeviceID(at: Samples.start), DeviceID(at: Samples.start))
            let (first, second) = (
                PushAddress.apns(try DeviceToken(apns: Self.token)),
                PushAddress.apns(try DeviceToken(apns: Self.token + "0b"))
            )
            let id = try await cluster.register(first, of: ana, on: phone)
            cluster.clock.advance(seconds: 10)
            // Said again it is the same one, only newer.
            #expect(try await cluster.register(first, of: ana, on: phone) == id)
            #expect(
                try await cluster.targets(of: ana).map(\.registeredAt) == [cluster.clock.now])
            // A device that has a new one has it in place of the old one.
            let next = try await cluster.register(second, of: ana, on: phone)
            #expect(next != id)
            #expect(try await cluster.targets(of: ana).map(\.id) == [next])
            let other = try await cluster.register(first, of: ana, on: tablet)
            #expect(Set(try await cluster.targets(of: ana).map(\.id)) == [next, other])
            // Somebody else signed in there.
            let taken = try await cluster.register(first, of: ben, on: DeviceID(at: Samples.start))
            #expect(try await cluster.targets(of: ana).map(\.id) == [next])
            #expect(try await cluster.targets(of: ben).map(\.id) == [taken])
            try await cluster.pool.run { connection throws(PostgreSQLError) in
                try PushTargets.remove(device: phone, on: &connection)
                try PushTargets.removeAll(of: ben, on: &connection)
            }
            #expect(try await cluster.targets(of: ana).isEmpty)
            #expect(try await cluster.targets(of: ben).isEmpty)
        }
    }

    @Test func `an endpoint whose browser changed its keys is registered with the new ones`()
        async throws
    {
        try await NoticeCluster.with { cluster in
            let person = try await cluster.person()
            let device = DeviceID(at: Samples.start)
            let endpoint = "https://push.example.net/1"
            let old = try await cluster.register(
                .webPush(try subscription(endpoint)), of: person, on: device)
            let changed = try subscription(endpoint, secret: "AAAAAAAAAAAAAAAAAAAAAA")
            let new = try await cluster.register(.webPush(changed), of: person, on: device)
            #expect(old != new)
            try await cluster.enqueue([
                NewNotice(to: .person(person), try Samples.received(), occasion: "a")
            ])
            let sender = TestSender(.webPush)
            try await cluster.running([cluster.courier([sender])]) {
                try await eventually("it is sent") { sender.notices.count == 1 }
            }
            #expect(sender.notices.map(\.target) == [.device(.webPush(changed))])
        }
    }
}
