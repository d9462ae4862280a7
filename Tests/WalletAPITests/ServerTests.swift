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

            // A stream is open: it is ended, not waited for.
            let clock = ContinuousClock()
            let elapsed = try await clock.measure {
                server.cancel()
                try await server.value
            }
            #expect(elapsed < .seconds(5))
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
}
