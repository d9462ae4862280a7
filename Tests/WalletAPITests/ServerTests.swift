import Foundation
import TestSockets
import Testing

@testable import WalletAPI

@Suite struct ServerTests {
    @Test func `a live server says its port, streams alerts, and stops in good order`()
        async throws
    {
        try await TestAPI.run { api in
            let (ports, listening) = AsyncStream.makeStream(of: Int.self)
            let server = Task { try await api.api.run(port: 0) { listening.yield($0) } }
            var iterator = ports.makeAsyncIterator()
            let port = try #require(await iterator.next())

            let health = try SocketClient(port: port)
            health.get("/health/live", "Connection: close")
            let live = await health.read(until: nil)
            #expect(live.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(live.hasSuffix(#"{"status":"live"}"#))

            let stream = try SocketClient(port: port)
            stream.get("/v1/alerts", "Accept: text/event-stream", "Last-Event-ID: 0")
            #expect(await stream.read(until: "retry: 1000").contains("text/event-stream"))
            api.engine.decide(1_100, .hold)
            let ann = try await api.openAccount("ann", funds: "20.00")
            let bob = try await api.openAccount("bob")
            let held = try await api.post("/v1/transfers", api.payment(ann, bob, "11.00"))
            let sequence = try #require(held["sequence"].text)
            #expect(await stream.read(until: "\n\n").contains("id: \(sequence)\nevent: alert\n"))

            // A stream is open, and would be for ever: it is ended, not waited for.
            let clock = ContinuousClock()
            let elapsed = try await clock.measure {
                server.cancel()
                try await server.value
            }
            #expect(elapsed < .seconds(60))
            // The last chunk: the stream has a proper end.
            #expect(await stream.read(until: nil).hasSuffix("0\r\n\r\n"))
            #expect(throws: StreamSocket.ConnectFailed.self) { try SocketClient(port: port) }
        }
    }

    @Test func `a port that is taken is told as an error`() async throws {
        try await TestAPI.run { api in
            let (ports, listening) = AsyncStream.makeStream(of: Int.self)
            let server = Task { try await api.api.run(port: 0) { listening.yield($0) } }
            var iterator = ports.makeAsyncIterator()
            let port = try #require(await iterator.next())
            await #expect(throws: (any Error).self) { try await api.api.run(port: port) }
            server.cancel()
            try await server.value
        }
    }

    private static func serving(_ body: (Int) async throws -> Void) async throws {
        try await TestAPI.run { api in
            let (ports, listening) = AsyncStream.makeStream(of: Int.self)
            let server = Task { try await api.api.run(port: 0) { listening.yield($0) } }
            var iterator = ports.makeAsyncIterator()
            try await body(try #require(await iterator.next()))
            server.cancel()
            try await server.value
        }
    }

    @Test func `requests that come in one piece are answered one after the other`() async throws {
        try await Self.serving { port in
            let client = try SocketClient(port: port)
            client.send(
                "GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n"
                    + "GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n"
                    + "GET /health/live HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            let answers = await client.read(until: nil)
            let statuses = answers.components(separatedBy: "HTTP/1.1 ").dropFirst().map {
                $0.prefix(3)
            }
            #expect(statuses == ["200", "404", "200"])
            #expect(answers.contains("\r\nDate: "))
            #expect(answers.contains("\r\nServer: Holdfast\r\n"))
        }
    }

    @Test func `a body that says it is too large is refused before it comes`() async throws {
        try await Self.serving { port in
            let client = try SocketClient(port: port)
            client.send(
                "POST /v1/transfers HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n"
                    + "Authorization: Bearer \(TestAPI.key)\r\n\r\n")
            #expect(await client.read(until: "body_too_large").hasPrefix("HTTP/1.1 413 "))
        }
    }

    @Test func `what is not HTTP is told so, and the connection ends`() async throws {
        try await Self.serving { port in
            let client = try SocketClient(port: port)
            client.send("MONEY please\r\n\r\n")
            #expect(await client.read(until: nil).hasPrefix("HTTP/1.1 400 "))
        }
    }

    @Test func `a client that hangs up in the middle of a request leaves the server well`()
        async throws
    {
        try await Self.serving { port in
            for text in [
                "", "POST /v1/tr", "POST /v1/transfers HTTP/1.1\r\nContent-Length: 9\r\n\r\n{",
            ] {
                let client = try SocketClient(port: port)
                client.send(text)
            }
            let client = try SocketClient(port: port)
            client.get("/health/live", "Connection: close")
            #expect(await client.read(until: nil).hasPrefix("HTTP/1.1 200 "))
        }
    }

    @Test func `a date is written as RFC 9110 has it`() {
        var date = HTTPDate()
        #expect(date.text(at: 784_111_777) == "Sun, 06 Nov 1994 08:49:37 GMT")
        #expect(date.text(at: 951_782_400) == "Tue, 29 Feb 2000 00:00:00 GMT")
    }
}
