import Outbound
import Testing

@testable import Notices

@Suite struct OutboundClientTests {
    private func failure(
        _ client: OutboundClient, _ request: WebRequest
    ) async -> OutboundError.Kind? {
        do throws(OutboundError) {
            _ = try await client.send(request)
            return nil
        } catch { return error.kind }
    }

    @Test func `a request arrives as it was made, and so does the answer`() async throws {
        try await StandIn.with { service in
            let client = service.client(count: 1)
            defer { client.stop() }
            let request = WebRequest(
                .post, service.setup.origin + "/a?b=c", fields: [.init("X-Own", "some words")],
                body: [1, 0, 2])
            let answer = try await client.send(request)
            #expect(answer.status == 200 && answer.body == [2, 0, 1])
            #expect(answer.fields["x-answer"] == "yes")
            let empty = try await client.send(WebRequest(.post, service.setup.origin + "/empty"))
            #expect(empty.status == 200 && empty.body.isEmpty)
            _ = try await client.send(WebRequest(.get, service.setup.origin + "/get"))
            let told = try await service.told(3)
            #expect(told.map(\.path) == ["/a?b=c", "/empty", "/get"])
            #expect(told.map(\.body) == ["\u{1}\u{0}\u{2}", "", ""])
            #expect(told[0].headers?["x-own"] == "some words")
            #expect(told[0].headers?["content-type"] == nil)
            #expect(Set(told.map(\.connection)) == [1])
        }
    }

    @Test func `redirects and waits that are asked for are answers`() async throws {
        try await StandIn.with { service in
            let client = service.client()
            defer { client.stop() }
            let moved = try await client.send(
                WebRequest(.get, service.setup.origin + "/redirect"))
            #expect(moved.status == 302)
            let later = try await client.send(WebRequest(.get, service.setup.origin + "/later"))
            #expect(later.retryAfterSeconds == 120)
            #expect(try await service.told(2).count == 2)
        }
    }

    @Test func `what is too long, too slow or not trusted is no answer`() async throws {
        try await StandIn.with { service in
            let origin = service.setup.origin
            let client = service.client()
            defer { client.stop() }
            #expect(await failure(client, WebRequest(.get, origin + "/long")) == .tooLong)
            let hasty = service.client { $0.totalMillis = 300 }
            defer { hasty.stop() }
            #expect(await failure(hasty, WebRequest(.get, origin + "/slow")) == .timeout)
            let distrusting = service.client { $0.trustedCertificates = nil }
            defer { distrusting.stop() }
            #expect(await failure(distrusting, WebRequest(.get, origin)) == .untrusted)
            let closed = WebRequest(.get, "https://127.0.0.1:1/")
            #expect(await failure(client, closed) == .connection)
        }
    }

    @Test func `private addresses are refused in whatever form they are written`() async throws {
        try await StandIn.with { service in
            let client = service.client { $0.allowsPrivateAddresses = false }
            defer { client.stop() }
            let port = service.setup.origin.split(separator: ":").last ?? ""
            let hosts = [
                "localhost", "127.0.0.1", "127.1", "2130706433", "0x7f.1", "[::1]",
                "[::ffff:127.0.0.1]", "0.0.0.0",
            ]
            for host in hosts {
                let request = WebRequest(.get, "https://\(host):\(port)/")
                #expect(await failure(client, request) == .refusedAddress, "\(host)")
            }
        }
    }

    @Test(arguments: [
        "http://localhost/", "file:///etc/passwd", "gopher://localhost/", "smtp://localhost/",
        "not a url", "",
    ])
    func `other protocols are refused`(_ url: String) async {
        var rules = OutboundRules()
        rules.allowsPrivateAddresses = true
        let client = OutboundClient(rules, count: 1, name: "test-outbound")
        defer { client.stop() }
        #expect(await failure(client, WebRequest(.get, url)) == .malformed)
    }

    @Test(arguments: [
        ("X-A", "b\r\nX-C: d"), ("X-A", ""), ("X A", "b"), ("X-A:", "b"), ("", "b"),
        ("X-A", "b\u{0}"), ("X-A", "é"),
    ])
    func `header fields that would be others are refused`(_ name: String, _ value: String) async {
        let client = OutboundClient(OutboundRules(), count: 1, name: "test-outbound")
        defer { client.stop() }
        let request = WebRequest(.get, "https://example.org", fields: [.init(name, value)])
        #expect(await failure(client, request) == .malformed)
    }

    @Test func `a stopped client breaks off what is under way and takes nothing more`() async throws
    {
        try await StandIn.with { service in
            let client = service.client(count: 1)
            let requests = ["/slow", "/slow", "/slow"].map { path in
                Task { await failure(client, WebRequest(.get, service.setup.origin + path)) }
            }
            _ = try await service.told(0)
            try await Task.sleep(for: .milliseconds(200))
            let start = ContinuousClock.now
            client.stop()
            for request in requests { #expect(await request.value == .stopped) }
            #expect(ContinuousClock.now - start < .seconds(3))
            #expect(await failure(client, WebRequest(.get, service.setup.origin)) == .stopped)
        }
    }

    @Test func `beyond as many as may wait, requests are turned away`() async throws {
        try await StandIn.with { service in
            var rules = OutboundRules()
            rules.allowsPrivateAddresses = true
            rules.trustedCertificates = service.certificates
            let client = OutboundClient(rules, count: 1, limit: 1, name: "test-outbound")
            let slow = WebRequest(.get, service.setup.origin + "/slow")
            let results = await withTaskGroup(of: OutboundError.Kind?.self) { group in
                for _ in 0..<6 { group.addTask { await failure(client, slow) } }
                var results: [OutboundError.Kind?] = []
                for await result in group {
                    results.append(result)
                    if results.count == 4 { client.stop() }
                }
                return results
            }
            // The second may come before the thread has taken the first.
            let busy = results.count { $0 == .busy }
            #expect((4...5).contains(busy))
            #expect(results.count { $0 == .stopped } == 6 - busy)
        }
    }
}
