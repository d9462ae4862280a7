import HTTPTypes
import Hummingbird
import Identity
import Synchronization
import Testing

@testable import People
@testable import WalletAPI

/// Streams of events end with what lets their callers read them, and are not without end in number.
@Suite struct EventStreamTests {
    /// A stream that is being read.
    private final class Reading: Sendable {
        private final class State: Sendable {
            let isOver = Mutex(false)
            let text = Mutex("")
        }
        private let state = State()
        let task: Task<Void, Never>

        init(_ response: Response) {
            task = Task { [state] in
                try? await response.body.write(
                    BodyCollector { part in state.text.withLock { $0 += part } })
                state.isOver.withLock { $0 = true }
            }
        }

        var isOver: Bool { state.isOver.withLock { $0 } }
        var text: String { state.text.withLock { $0 } }

        /// Whether it ends within ten seconds.
        func ends() async throws -> Bool {
            for _ in 0..<1_000 where !isOver { try await Task.sleep(for: .milliseconds(10)) }
            return isOver
        }
    }

    private static func open(
        _ api: TestAPI, _ path: String, _ token: String
    ) async throws -> Reading {
        let response = try await api.respond(
            .get, path, bearer: token, headers: [.accept: "text/event-stream"])
        #expect(response.status == .ok)
        let reading = Reading(response)
        for _ in 0..<500 where reading.text.isEmpty {
            try await Task.sleep(for: .milliseconds(10))
        }
        #expect(reading.text.hasPrefix("retry:"))
        return reading
    }

    @Test func `a stream ends with its session, and others go on`() async throws {
        try await TestAPI.withTwo { api, ann, bob in
            let anns = try await Self.open(api, "/v1/me/notices", ann.token)
            let bobs = try await Self.open(api, "/v1/me/notices", bob.token)
            try await api.people.endSessions(of: ann.id)
            #expect(try await anns.ends())
            try await Task.sleep(for: .milliseconds(1_500))
            #expect(!bobs.isOver)
            bobs.task.cancel()
        }
    }

    @Test func `a stream ends with its token`() async throws {
        try await TestAPI.run(sharesClock: true) { api in
            try await api.registerApplication()
            let ann = try await api.somebody("ann")
            let reading = try await Self.open(api, "/v1/me/notices", ann.token)
            try await Task.sleep(for: .milliseconds(1_200))
            #expect(!reading.isOver)
            api.clock.shift(seconds: 901)
            #expect(try await reading.ends())
        }
    }

    @Test func `whoever is no analyst any more reads no more alerts`() async throws {
        try await TestAPI.run { api in
            try await api.registerApplication()
            let id = try await api.register("eve@example.org", handle: "eve")
            try await api.people.setRole(.analyst, of: id, by: "operator")
            let reading = try await Self.open(api, "/v1/alerts", try await api.token("@eve"))
            try await api.people.setRole(.customer, of: id, by: "operator")
            #expect(try await reading.ends())
        }
    }

    @Test func `eight streams are open at once, and a closed one makes room`() async throws {
        try await TestAPI.withTwo { api, ann, bob in
            var open: [Reading] = []
            for _ in 0..<OpenStreams.mostOfOne {
                open.append(try await Self.open(api, "/v1/me/notices", ann.token))
            }
            let ninth = try await api.send(
                .get, "/v1/me/notices", bearer: ann.token, headers: [.accept: "text/event-stream"])
            #expect(ninth.status == 429 && ninth.code == "too_many_streams", "\(ninth.text)")
            #expect(ninth.headers[.retryAfter] != nil)
            // Others have their own.
            let bobs = try await Self.open(api, "/v1/me/notices", bob.token)
            open[0].task.cancel()
            #expect(try await open[0].ends())
            for _ in 0..<500 where api.api.streams.count > OpenStreams.mostOfOne {
                try await Task.sleep(for: .milliseconds(10))
            }
            let next = try await Self.open(api, "/v1/me/notices", ann.token)
            for reading in open + [bobs, next] { reading.task.cancel() }
        }
    }

    @Test func `a stream that nobody reads gives its place back`() async throws {
        try await TestAPI.withTwo { api, ann, _ in
            for _ in 0..<20 {
                let response = try await api.respond(
                    .get, "/v1/me/notices", bearer: ann.token,
                    headers: [.accept: "text/event-stream"])
                #expect(response.status == .ok)
            }
            #expect(api.api.streams.count == 0)
        }
    }
}
