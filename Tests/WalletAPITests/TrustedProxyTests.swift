import HTTPTypes
import RateLimits
import Testing

@testable import WalletAPI

/// Where a request comes from when proxies stand before the service.
@Suite struct TrustedProxyTests {
    private static func client(
        _ list: String?, from peer: String = "10.0.0.9", trusting ranges: [String] = ["10.0.0.0/8"]
    ) throws -> String {
        let name = try #require(HTTPField.Name("X-Forwarded-For"))
        var headers = HTTPFields()
        if let list { headers[name] = list }
        return TrustedProxies(try ranges.map { try AddressRange($0) })
            .client(of: headers, from: peer)
    }

    @Test(
        "The last address that is no trusted proxy's counts, whatever stands before it",
        arguments: [
            (nil, "10.0.0.9"), ("", "10.0.0.9"),
            ("192.0.2.7", "192.0.2.7"), ("192.0.2.7,10.1.1.1", "192.0.2.7"),
            ("203.0.113.1, 192.0.2.7 ,10.1.1.1, 10.2.2.2", "192.0.2.7"),
            ("10.3.3.3, 10.1.1.1", "10.3.3.3"),
            ("192.0.2.7, unknown, 10.1.1.1", "10.1.1.1"), ("unknown", "10.0.0.9"),
            ("192.0.2.7,", "10.0.0.9"), ("192.0.2.7:4711", "192.0.2.7"),
            ("[2001:db8::1]:443", "2001:db8::1"), ("2001:db8::1", "2001:db8::1"),
            ("::ffff:10.0.0.1, ::ffff:10.0.0.2", "::ffff:10.0.0.1"), ("fe80::1%eth0", "10.0.0.9"),
            ("0192.0.2.7", "10.0.0.9"), ("192.0.2", "10.0.0.9"),
        ])
    func lastUntrusted(_ list: String?, _ expected: String) throws {
        #expect(try Self.client(list) == expected)
    }

    @Test func `nobody else is believed`() throws {
        #expect(try Self.client("192.0.2.7", from: "192.0.2.99") == "192.0.2.99")
        #expect(try Self.client("192.0.2.7", from: "") == "")
        #expect(try Self.client("192.0.2.7", trusting: []) == "10.0.0.9")
        #expect(try Self.client("192.0.2.7", from: "11.0.0.1") == "11.0.0.1")
        #expect(try Self.client("192.0.2.7", from: "::ffff:10.9.9.9") == "192.0.2.7")
        #expect(
            try Self.client("192.0.2.7", from: "2001:db8:0:7::1", trusting: ["2001:db8::/32"])
                == "192.0.2.7")
        #expect(
            try Self.client("192.0.2.7", from: "2001:db9::1", trusting: ["2001:db8::/32"])
                == "2001:db9::1")
        #expect(
            try Self.client("192.0.2.7", from: "10.0.0.9", trusting: ["10.0.0.9"]) == "192.0.2.7")
        #expect(
            try Self.client("192.0.2.7", from: "10.0.0.8", trusting: ["10.0.0.9"]) == "10.0.0.8")
        #expect(
            try Self.client("192.0.2.7", from: "203.0.113.5", trusting: ["0.0.0.0/0"])
                == "192.0.2.7")
        #expect(
            try Self.client("192.0.2.7", from: "2001:db8::1", trusting: ["0.0.0.0/0"])
                == "2001:db8::1")
    }

    @Test(
        "What is no range of addresses is refused",
        arguments: [
            "", "localhost", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "10.0.0.1/8", "10.0.0.0/08",
            "10.0.0/8", "2001:db8::/129", "2001:db8::1/32", "/8", "10.0.0.0/8/8", "fe80::1%eth0",
        ])
    func malformed(_ text: String) {
        #expect(throws: AddressRangeError(text: text)) { try AddressRange(text) }
    }

    @Test func `allowances by address are those of the clients behind a trusted proxy`()
        async throws
    {
        try await TestAPI.run { api in
            func statuses(_ web: WebSettings, _ clients: [String]) async throws -> [String] {
                var found: [String] = []
                try await api.serving(web) { port in
                    for client in clients {
                        let socket = try SocketClient(port: port)
                        socket.send(
                            "GET /v1/policies HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                                + "X-Forwarded-For: \(client)\r\n\r\n")
                        let text = await socket.read(until: nil)
                        found.append(String(text.split(separator: " ").dropFirst().first ?? ""))
                    }
                }
                return found
            }
            var web = WebSettings()
            web.allowances.address = Allowance("address", perSecond: 1, burst: 1)
            let clients = ["192.0.2.1", "192.0.2.2", "203.0.113.9, 192.0.2.1"]
            let unknown = try await statuses(web, clients)
            #expect(unknown == ["401", "429", "429"])
            web.trustedProxies = [try AddressRange("127.0.0.0/8")]
            let told = try await statuses(web, clients)
            #expect(told == ["401", "401", "429"])
        }
    }
}
