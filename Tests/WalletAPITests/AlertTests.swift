import HTTPTypes
import Synchronization
import Testing

@testable import WalletAPI

@Suite struct AlertTests {
    @Test func `alerts are paged, the newest first, with what was decided and why`() async throws {
        try await TestAPI.run { api in
            let all = try await api.alerts(5)
            var seen: [String] = []
            var path = "/v1/alerts?limit=2"
            while true {
                let page = try await api.get(path)
                seen += page["alerts"].elements.compactMap { $0["sequence"].text }
                guard let next = page["next"].text else { break }
                path = "/v1/alerts?limit=2&before=\(next)"
            }
            #expect(seen == all.reversed())
            // After an event they come the other way round.
            let rest = try await api.get("/v1/alerts?limit=2&after=\(all[1])")
            #expect(rest["alerts"].elements.compactMap { $0["sequence"].text } == Array(all[2..<4]))
            #expect(rest["next"].text == all[3])
            let end = try await api.get("/v1/alerts?limit=2&after=\(all[3])")
            #expect(end["alerts"].elements.compactMap { $0["sequence"].text } == [all[4]])
            #expect(end["next"].text == nil)
            let both = try await api.get("/v1/alerts?after=1&before=9")
            #expect(both.status == 400 && both.code == "invalid_parameter")
            let alert = try await api.get("/v1/alerts")["alerts"][0]
            #expect(alert["event"].text == "held" && alert["cause"].text == "decision")
            #expect(alert["decision"]["reasons"][0]["code"].text == "VELOCITY_1H")
            #expect(alert["amount"]["value"].text == "11.00")
        }
    }

    @Test func `the stream resumes after the last event seen; none is skipped, none comes twice`()
        async throws
    {
        try await TestAPI.run { api in
            let first = try await api.alerts(3)
            let resumed = try await api.follow([.lastEventID: first[0]])
            #expect(try await resumed.next(2) == Array(first[1...]))
            // What comes while the stream is open comes through it.
            let second = try await api.alerts(2)
            #expect(try await resumed.next(2) == second)
            await resumed.stop()

            // From now on, without a place to resume from.
            let fresh = try await api.follow([:])
            let third = try await api.alerts(2)
            #expect(try await fresh.next(2) == third)
            await fresh.stop()

            let all = try await api.follow([.lastEventID: "0"])
            #expect(try await all.next(7) == first + second + third)
            await all.stop()
            let wrong = try await api.send(
                .get, "/v1/alerts", headers: [.accept: "text/event-stream", .lastEventID: "x"])
            #expect(wrong.status == 400 && wrong.code == "invalid_last_event_id")
        }
    }

    @Test func `a quiet stream writes comments, so that a lost client is noticed`() async throws {
        try await TestAPI.run { api in
            let stream = AlertStream(
                wallet: api.wallet, start: try await api.wallet.head(),
                place: try api.api.streams.enter(Caller(name: "test", scopes: [])),
                keepAlive: .milliseconds(100))
            let (chunks, continuation) = AsyncStream.makeStream(of: String.self)
            let task = Task {
                try await stream.response.body.write(BodyCollector { continuation.yield($0) })
            }
            var comments = 0
            for await chunk in chunks where chunk == ": still here\n\n" {
                comments += 1
                if comments == 3 { break }
            }
            task.cancel()
            _ = await task.result
        }
    }

    @Test func `the stream ends when the wallet stops`() async throws {
        try await TestAPI.run { api in
            let follower = try await api.follow([:])
            let alerts = try await api.alerts(1)
            #expect(try await follower.next(1) == alerts)
            await api.wallet.stop()
            await follower.ended()
        }
    }
}

extension TestAPI {
    /// Makes alerts: payments that the engine holds. Returns their sequences.
    fileprivate func alerts(_ count: Int) async throws -> [String] {
        engine.decide(1_100, .hold)
        let payer = try await openAccount("payer", funds: "1000.00")
        let payee = try await openAccount("payee")
        var sequences: [String] = []
        for _ in 0..<count {
            let held = try await post("/v1/transfers", payment(payer, payee, "11.00"))
            sequences.append(try #require(held["sequence"].text))
        }
        return sequences
    }

    fileprivate func follow(_ headers: HTTPFields) async throws -> Follower {
        var headers = headers
        headers[.accept] = "text/event-stream"
        let response = try await respond(.get, "/v1/alerts", headers: headers)
        #expect(response.headers[.contentType] == "text/event-stream")
        let (chunks, continuation) = AsyncStream.makeStream(of: String.self)
        let task = Task {
            try? await response.body.write(BodyCollector { continuation.yield($0) })
            continuation.finish()
        }
        return Follower(chunks: chunks, task: task)
    }
}

/// Reads a stream of events.
private final class Follower {
    private var chunks: AsyncStream<String>.Iterator
    private let task: Task<Void, Never>
    private var ids: [String] = []

    init(chunks: AsyncStream<String>, task: Task<Void, Never>) {
        self.chunks = chunks.makeAsyncIterator()
        self.task = task
    }

    /// The ids of the next events. Each event's data is an alert of that sequence.
    func next(_ count: Int) async throws -> [String] {
        while ids.count < count, let chunk = await chunks.next() {
            for event in chunk.split(separator: "\n\n") where event.hasPrefix("id: ") {
                let lines = event.split(separator: "\n")
                let id = String(lines[0].dropFirst(4))
                #expect(lines[1] == "event: alert")
                let json = try JSONParser.parse(Array(lines[2].dropFirst(6).utf8))
                #expect(json["sequence"].text == id)
                ids.append(id)
            }
        }
        defer { ids.removeFirst(min(count, ids.count)) }
        return Array(ids.prefix(count))
    }

    func stop() async {
        task.cancel()
        await task.value
    }

    func ended() async { await task.value }
}
