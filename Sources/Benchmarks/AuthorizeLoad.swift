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
        var cpuMicros: [String: Double] = [:]

        var holds: Bool {
            decided >= AuthorizeBenchmark.decidedShare && p99 <= AuthorizeBenchmark.p99Milliseconds
        }
    }

    private let http: HTTPClient
    private let identifiers: [String]

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
        return AuthorizeLoad(http: http, identifiers: identifiers)
    }

    func close() async { await http.close() }

    private final class Tally: Sendable {
        struct State {
            var answered = 0
            var decided = 0
            var histogram = Histogram<UInt32>(
                highestTrackableValue: 120_000_000, numberOfSignificantValueDigits: .three)
        }
        let state = Mutex(State())
    }

    /// Offers `rate` payments a second and waits for every answer, up to a while after the end.
    func run(rate: Double, seconds: Int) async throws -> Outcome {
        let total = Int(rate * Double(seconds))
        let tally = Tally()
        var random = SplitMix64(seed: UInt64.random(in: 0...UInt64.max))
        let session = String(random.next(), radix: 36)
        let start = ContinuousClock.now
        var sent = 0
        while sent < total {
            let elapsed = (ContinuousClock.now - start).seconds
            let due = min(total, Int(elapsed * rate) + 1)
            while sent < due {
                let dueAt = start + .seconds(Double(sent) / rate)
                http.send(
                    "POST", "/v1/transfers", body: payment(&random), key: "\(session)-\(sent)"
                ).whenComplete { result in
                    Self.note(result, dueAt, tally)
                }
                sent += 1
            }
            try await Task.sleep(for: .milliseconds(1))
        }
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
                max: Double(state.histogram.max) / 1_000)
        }
    }

    private static let engineWord = Array(#""decided_by":"engine""#.utf8)

    private static func note(
        _ result: Result<HTTPAnswer, any Error>, _ dueAt: ContinuousClock.Instant, _ tally: Tally
    ) {
        let micros = UInt64(Swift.max(0, (ContinuousClock.now - dueAt).seconds * 1e6))
        var isDecided = false
        if case .success(let answer) = result, answer.status == 201 {
            isDecided = answer.body.contains(engineWord)
        }
        tally.state.withLock { state in
            state.answered += 1
            if isDecided { state.decided += 1 }
            _ = state.histogram.record(Swift.min(micros, 119_000_000))
        }
    }

    /// People pay near home with their own device, at merchants of one city.
    private func payment(_ random: inout SplitMix64) -> [UInt8] {
        let payer = Int(random.next() % UInt64(identifiers.count))
        var payee = Int(random.next() % UInt64(identifiers.count))
        if payee == payer { payee = (payer + 1) % identifiers.count }
        let cents = 100 + random.next() % 9_900
        let jitter = Double(random.next() % 1_000) / 100_000
        let latitude = 48.0 + Double(payer % 400) / 100 + jitter
        let longitude = 9.0 + Double(payer / 400 % 400) / 100 + jitter
        let text = """
            {"payer":"\(identifiers[payer])","payee":"\(identifiers[payee])",\
            "amount":{"value":"\(cents / 100).\(cents % 100 < 10 ? "0" : "")\(cents % 100)","currency":"USD"},\
            "context":{"device":"device-\(payer)","address":"net-\(payer / 3)",\
            "place":{"latitude":\(latitude),"longitude":\(longitude)},"merchant_category":"5411"}}
            """
        return Array(text.utf8)
    }
}
