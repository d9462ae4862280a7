import Foundation
import Testing

@testable import WalletAPI

/// Clients that are slow, on purpose or not, over real sockets.
@Suite struct SlowClientTests {
    /// Times that a test can wait for; all but one too long to matter.
    private static func web(_ change: (inout RequestTimes) -> Void) -> WebSettings {
        var web = WebSettings()
        web.times.head = .seconds(60)
        web.times.body = .seconds(60)
        web.times.idle = .seconds(60)
        web.times.answer = .seconds(60)
        change(&web.times)
        return web
    }

    /// What the server said until it closed, and after how long.
    private static func end(of client: SocketClient) async -> (text: String, elapsed: Duration) {
        let clock = ContinuousClock()
        let start = clock.now
        let text = await client.read(until: nil)
        return (text, clock.now - start)
    }

    @Test func `a header that comes a byte at a time is waited for no longer than a whole one`()
        async throws
    {
        try await TestAPI.run { api in
            try await api.serving(Self.web { $0.head = .milliseconds(800) }) { port in
                let client = try SocketClient(port: port)
                client.send("GET /health/live HTTP/1.1\r\nHost: a\r\n")
                // Each byte keeps nothing alive.
                let dripping = Task {
                    var count = 0
                    while !Task.isCancelled, count < 400 {
                        client.send("x-\(count): y\r\n")
                        count += 1
                        try? await Task.sleep(for: .milliseconds(25))
                    }
                }
                let (text, elapsed) = await Self.end(of: client)
                dripping.cancel()
                #expect(text == "")
                #expect(elapsed > .milliseconds(500) && elapsed < .seconds(8), "\(elapsed)")
                // Others are served meanwhile and after.
                let other = try SocketClient(port: port)
                other.get("/health/live", "Connection: close")
                #expect(await other.read(until: nil).hasPrefix("HTTP/1.1 200 "))
            }
        }
    }

    @Test func `two hundred connections that say half a header are all ended`() async throws {
        try await TestAPI.run { api in
            try await api.serving(Self.web { $0.head = .milliseconds(800) }) { port in
                let clients = try (0..<200).map { _ in try SocketClient(port: port) }
                for client in clients { client.send("POST /v1/transfers HTTP/1.1\r\nHo") }
                let other = try SocketClient(port: port)
                other.get("/health/live", "Connection: close")
                #expect(await other.read(until: nil).hasPrefix("HTTP/1.1 200 "))
                let ended = await withTaskGroup(of: Bool.self) { group in
                    for client in clients {
                        group.addTask {
                            let (text, elapsed) = await Self.end(of: client)
                            return text == "" && elapsed < .seconds(8)
                        }
                    }
                    return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
                }
                #expect(ended == 200)
            }
        }
    }

    @Test func `a body that does not come is answered 408, and the connection ends`() async throws {
        try await TestAPI.run { api in
            try await api.serving(Self.web { $0.body = .milliseconds(800) }) { port in
                let client = try SocketClient(port: port)
                client.send(
                    "POST /v1/transfers HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(TestAPI.key)\r\n"
                        + "Content-Length: 100\r\n\r\n{")
                let (text, elapsed) = await Self.end(of: client)
                #expect(text.hasPrefix("HTTP/1.1 408 Request Timeout\r\n"))
                #expect(text.contains("\r\nConnection: close\r\n"))
                #expect(text.contains(#""code":"request_timeout""#))
                #expect(elapsed > .milliseconds(500) && elapsed < .seconds(8), "\(elapsed)")
            }
        }
    }

    @Test func `a connection that asks for nothing more is closed, and one that asks is kept`()
        async throws
    {
        try await TestAPI.run { api in
            try await api.serving(Self.web { $0.idle = .milliseconds(1_500) }) { port in
                let idle = try SocketClient(port: port)
                idle.get("/health/live")
                let never = try SocketClient(port: port)
                let busy = try SocketClient(port: port)
                let clock = ContinuousClock()
                let start = clock.now
                async let ends = (Self.end(of: idle), Self.end(of: never))
                var answers = 0
                while clock.now - start < .seconds(4) {
                    busy.get("/health/live")
                    if await busy.read(until: #"{"status":"live"}"#).contains(" 200 ") {
                        answers += 1
                    }
                    try await Task.sleep(for: .milliseconds(100))
                }
                let (idled, nothing) = await ends
                #expect(idled.text.hasPrefix("HTTP/1.1 200 "))
                #expect(idled.elapsed > .seconds(1) && idled.elapsed < .seconds(8))
                #expect(nothing.text == "" && nothing.elapsed < .seconds(8))
                busy.get("/health/live", "Connection: close")
                #expect(await busy.read(until: nil).contains(" 200 "))
                #expect(answers > 3)
            }
        }
    }

    @Test func `an answer that takes too long is 503, and the payment goes on`() async throws {
        try await TestAPI.run(decideWithinMilliseconds: 3_000) { api in
            api.engine.beSilent(true)
            let ann = try await api.openAccount("ann", funds: "20.00")
            let bob = try await api.openAccount("bob")
            try await api.serving(Self.web { $0.answer = .milliseconds(800) }) { port in
                let body = api.payment(ann, bob, "11.00")
                let client = try SocketClient(port: port)
                client.send(
                    "POST /v1/transfers HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(TestAPI.key)\r\n"
                        + "Idempotency-Key: one\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
                )
                let (text, elapsed) = await Self.end(of: client)
                #expect(text.hasPrefix("HTTP/1.1 503 Service Unavailable\r\n"), "\(text)")
                #expect(text.contains("\r\nConnection: close\r\n"))
                #expect(text.contains(#""code":"timeout""#))
                #expect(elapsed > .milliseconds(500) && elapsed < .seconds(3), "\(elapsed)")
                // With the same key it is found, decided by the fail policy, and is no second one.
                let again = try await api.post("/v1/transfers", body, key: "one")
                #expect(again.status == 201, "\(again.text)")
                #expect(try await api.balance(ann) == ["9.00", "11.00", "20.00"])
            }
        }
    }

    @Test func `a stream of events outlasts every limit`() async throws {
        try await TestAPI.run { api in
            let web = Self.web {
                $0.answer = .milliseconds(400)
                $0.idle = .milliseconds(400)
                $0.head = .milliseconds(400)
                $0.body = .milliseconds(400)
            }
            try await api.serving(web) { port in
                let stream = try SocketClient(port: port)
                stream.get("/v1/alerts", "Accept: text/event-stream", "Last-Event-ID: 0")
                #expect(await stream.read(until: "retry: 1000").contains("text/event-stream"))
                // Until a connection that began later was ended for being idle, twice over.
                for _ in 0..<2 {
                    let idle = try SocketClient(port: port)
                    #expect(await Self.end(of: idle).text == "")
                }
                api.engine.decide(1_100, .hold)
                let ann = try await api.openAccount("ann", funds: "20.00")
                let bob = try await api.openAccount("bob")
                _ = try await api.post("/v1/transfers", api.payment(ann, bob, "11.00"))
                #expect(await stream.read(until: "event: alert").contains("event: alert"))
            }
        }
    }

    @Test func `requests in one piece and bodies that are too large leave no connection behind`()
        async throws
    {
        try await TestAPI.run { api in
            try await api.serving(Self.web { $0.idle = .milliseconds(800) }) { port in
                let client = try SocketClient(port: port)
                client.send(
                    String(repeating: "GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n", count: 20))
                let (text, elapsed) = await Self.end(of: client)
                #expect(text.components(separatedBy: "HTTP/1.1 200 ").count == 21)
                #expect(elapsed > .milliseconds(500) && elapsed < .seconds(8), "\(elapsed)")
            }
        }
    }
}
