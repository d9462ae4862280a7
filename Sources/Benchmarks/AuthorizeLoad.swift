internal import Foundation
internal import Histogram
internal import NIOCore
internal import Operations
internal import Synchronization
internal import SplitMix

/// Payments among accounts of one wallet, offered at a rate whatever becomes of them.
struct AuthorizeLoad: Sendable {
    struct Outcome: Sendable {
        var count = 0
        var decided = 0.0
        var perSecond = 0.0
        var p50 = 0.0
        var p99 = 0.0
        var max = 0.0
        /// Seconds of the run in which payments were due that took longer than they may, with how many those were.
        var lateSeconds: [(second: Int, payments: Int)] = []
        /// Checkpoints of the server that began in the run.
        var checkpoints: Int64 = 0
        var cpuMicros: [String: Double] = [:]

        var holds: Bool {
            decided >= AuthorizeBenchmark.decidedShare && p99 <= AuthorizeBenchmark.p99Milliseconds
        }
    }

    private let http: HTTPClient
    private let bodies: PaymentBodies

    /// Opens and funds accounts.
    static func open(_ stack: BenchmarkStack, accounts: Int) async throws -> AuthorizeLoad {
        let http = try HTTPClient(
            host: "127.0.0.1", port: stack.port, connections: 1_024, bearer: stack.bearer)
        let client = WalletClient(http)
        var identifiers: [String] = []
        identifiers.reserveCapacity(accounts)
        for start in stride(from: 0, to: accounts, by: 500) {
            identifiers += try await withThrowingTaskGroup(of: String.self) { group in
                for index in start..<min(accounts, start + 500) {
                    group.addTask { try await client.openForBenchmark(index) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
        }
        return AuthorizeLoad(http: http, bodies: PaymentBodies(identifiers))
    }

    /// The same payments by another caller.
    func with(bearer: String, port: Int) throws -> AuthorizeLoad {
        AuthorizeLoad(
            http: try HTTPClient(
                host: "127.0.0.1", port: port, connections: 1_024, bearer: bearer), bodies: bodies)
    }

    func close() async { await http.close() }

    private final class Tally: Sendable {
        struct State {
            var answered = 0
            var decided = 0
            /// By second of the run, payments due then that took longer than they may.
            var late: [Int] = []
            var histogram = Histogram<UInt32>(
                highestTrackableValue: 120_000_000, numberOfSignificantValueDigits: .three)
        }
        let state = Mutex(State())
    }

    /// Offers `rate` payments a second and waits for every answer, up to a while after the end.
    func run(rate: Double, seconds: Int) async throws -> Outcome {
        let total = Int(rate * Double(seconds))
        let tally = Tally()
        let random = SplitMix64(seed: UInt64.random(in: 0...UInt64.max))
        let start = ContinuousClock.now
        let offering = Offering(
            http: http, bodies: bodies, rate: rate, total: total, random: random, start: start,
            tally: tally)
        // On the thread that owns the connections: nothing is handed over, and little is spent beside what is measured.
        try await http.everyMillisecond { offering.step() }
        let offered = (ContinuousClock.now - start).seconds
        let patience = ContinuousClock.now + .seconds(20)
        while tally.state.withLock({ $0.answered }) < total, ContinuousClock.now < patience {
            try await Task.sleep(for: .milliseconds(5))
        }
        let elapsed = Swift.max(offered, (ContinuousClock.now - start).seconds)
        return tally.state.withLock { state in
            Outcome(
                count: state.answered, decided: Double(state.decided) / Double(total),
                perSecond: Double(state.answered) / elapsed,
                p50: Double(state.histogram.valueAtPercentile(50)) / 1_000,
                p99: Double(state.histogram.valueAtPercentile(99)) / 1_000,
                max: Double(state.histogram.max) / 1_000,
                lateSeconds: state.late.enumerated().filter { $1 > 0 }.map { ($0, $1) })
        }
    }

    /// Offers payments at a rate; lives on the client's event loop.
    private final class Offering: @unchecked Sendable {
        private let http: HTTPClient
        private let bodies: PaymentBodies
        private let rate: Double
        private let total: Int
        private let start: ContinuousClock.Instant
        private let tally: Tally
        private let session: String
        // Only touched on the event loop.
        private var random: SplitMix64
        private var sent = 0

        init(
            http: HTTPClient, bodies: PaymentBodies, rate: Double, total: Int, random: SplitMix64,
            start: ContinuousClock.Instant, tally: Tally
        ) {
            self.http = http
            self.bodies = bodies
            self.rate = rate
            self.total = total
            self.random = random
            self.start = start
            self.tally = tally
            session = String(self.random.next(), radix: 36)
        }

        /// Sends what is due; false once all is sent.
        func step() -> Bool {
            let due = min(total, Int((ContinuousClock.now - start).seconds * rate) + 1)
            while sent < due {
                let offset = Double(sent) / rate
                let dueAt = start + .seconds(offset)
                let tally = tally
                http.send(
                    "POST", "/v1/transfers", body: bodies.draw(&random), key: "\(session)-\(sent)"
                ).whenComplete { AuthorizeLoad.note($0, dueAt, second: Int(offset), tally) }
                sent += 1
            }
            return sent < total
        }
    }

    private static func contains(_ word: [UInt8], in body: [UInt8]) -> Bool {
        body.withUnsafeBufferPointer { bytes in
            word.withUnsafeBufferPointer { word in
                var start = 0
                while start + word.count <= bytes.count {
                    var matched = 0
                    while matched < word.count, bytes[start + matched] == word[matched] {
                        matched += 1
                    }
                    if matched == word.count { return true }
                    start += 1
                }
                return false
            }
        }
    }

    private static let engineWord = Array(#""decided_by":"engine""#.utf8)

    private static func note(
        _ result: Result<HTTPAnswer, any Error>, _ dueAt: ContinuousClock.Instant, second: Int,
        _ tally: Tally
    ) {
        let micros = UInt64(Swift.max(0, (ContinuousClock.now - dueAt).seconds * 1e6))
        var isDecided = false
        if case .success(let answer) = result, answer.status == 201 {
            isDecided = contains(engineWord, in: answer.body)
        }
        tally.state.withLock { state in
            state.answered += 1
            if isDecided { state.decided += 1 }
            if Double(micros) > AuthorizeBenchmark.p99Milliseconds * 1_000 {
                while state.late.count <= second { state.late.append(0) }
                state.late[second] += 1
            }
            _ = state.histogram.record(Swift.min(micros, 119_000_000))
        }
    }
}
