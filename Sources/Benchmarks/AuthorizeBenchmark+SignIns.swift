internal import Cryptography
internal import Foundation
internal import Operations
internal import Synchronization

extension AuthorizeBenchmark {
    /// How many sign in at any time.
    private static let people = 200
    /// How often payments are measured with and without them.
    private static let rounds = 3
    /// Payments a second, unless told otherwise.
    private static let usualRate = 1_000.0

    /// What payments notice of 200 people who sign in without a pause, by turns with payments alone, and what a
    /// password's hash costs.
    func compareSignIns(
        _ stack: BenchmarkStack, _ progress: @escaping @Sendable (String) -> Void
    ) async throws -> BenchmarkReport {
        let hashMilliseconds = Self.hashMilliseconds()
        progress("opening \(accounts) accounts over HTTP")
        let load = try await AuthorizeLoad.open(stack, accounts: accounts)
        progress("registering \(Self.people) people")
        let crowd = try await SigningCrowd.register(Self.people, stack)
        let (rate, length) = (rate ?? Self.usualRate, max(5, seconds / (2 * Self.rounds)))
        progress("warming up")
        _ = try await load.run(rate: rate, seconds: min(10, length))
        var (alone, beside): ([AuthorizeLoad.Outcome], [AuthorizeLoad.Outcome]) = ([], [])
        var signedIn = 0
        for round in 1...Self.rounds {
            alone.append(try await load.run(rate: rate, seconds: length))
            let begun = ContinuousClock.now
            crowd.begin()
            // All 200 wait for their hashes by now.
            try await Task.sleep(for: .seconds(1))
            beside.append(try await load.run(rate: rate, seconds: length))
            let (count, failure) = await crowd.end()
            if let failure { throw BenchmarkError("a sign-in failed: \(failure)") }
            signedIn += count
            progress(
                String(
                    format: "round %d: p99 %.1f ms alone, %.1f ms beside %.1f sign-ins/s", round,
                    alone[round - 1].p99, beside[round - 1].p99,
                    Double(count) / (ContinuousClock.now - begun).seconds))
        }
        await crowd.close()
        await load.close()
        var report = BenchmarkReport(name: "authorize sign-ins")
        report.add("offered_per_second", rate, decimals: 0)
        report.add("people", Double(Self.people), decimals: 0)
        report.add("sign_ins", Double(signedIn), decimals: 0)
        report.add("password_hash_ms", hashMilliseconds, decimals: 1)
        for (name, outcomes) in [("alone", alone), ("beside", beside)] {
            let decided = outcomes.map(\.decided).min() ?? 0
            report.add("\(name)_decided_percent", decided * 100, decimals: 3)
            report.add("\(name)_p50_ms", Self.median(outcomes.map(\.p50)))
            report.add("\(name)_p99_ms", Self.median(outcomes.map(\.p99)))
        }
        report.add(
            "p99_ratio", Self.median(beside.map(\.p99)) / Self.median(alone.map(\.p99)))
        return report
    }

    private static func median(_ values: [Double]) -> Double {
        values.sorted()[values.count / 2]
    }

    /// What one hash costs on this thread, with nothing beside it: the median of 15.
    private static func hashMilliseconds() -> Double {
        let times = (0..<15).map { _ in
            let start = ContinuousClock.now
            _ = PasswordHash("correct horse battery", cost: .usual)
            return (ContinuousClock.now - start).seconds * 1_000
        }
        return median(times)
    }
}

/// People who sign in again and again, all at once.
private final class SigningCrowd: Sendable {
    /// Of the same network address, as the wallet sees it: few enough to be attempts of honest people.
    private static let peopleAnAddress = 10
    private static let password = "correct horse battery"

    private let clients: [HTTPClient]
    private let names: [String]
    private struct State {
        var isRunning = false
        var tasks: [Task<Void, Never>] = []
        var count = 0
        var failure: String?
    }
    private let state = Mutex(State())

    private init(_ clients: [HTTPClient], _ names: [String]) {
        self.clients = clients
        self.names = names
    }

    /// Registers people, each confirmed by the code that the wallet's log tells.
    static func register(_ count: Int, _ stack: BenchmarkStack) async throws -> SigningCrowd {
        let clients = try (0..<(count + peopleAnAddress - 1) / peopleAnAddress).map { index in
            try HTTPClient(
                host: "127.0.0.1", port: stack.port, connections: peopleAnAddress,
                bearer: stack.bearer, from: "127.0.1.\(index + 1)")
        }
        let names = (0..<count).map { "bench\($0)" }
        let crowd = SigningCrowd(clients, names)
        var registrations: [String] = []
        for (index, name) in names.enumerated() {
            let answer = try await crowd.client(index).send(
                "POST", "/v1/registrations",
                body: Array(
                    #"{"email":"\#(name)@bench.example","password":"\#(password)","name":"Bench","handle":"\#(name)"}"#
                        .utf8)
            ).get()
            guard let id = try? JSONDecoder().decode(Named.self, from: Data(answer.body)).id else {
                throw BenchmarkError(
                    "nobody was registered: \(String(decoding: answer.body, as: UTF8.self))")
            }
            registrations.append(id)
        }
        for (index, id) in registrations.enumerated() {
            let code = try await code(of: id, stack)
            let answer = try await crowd.client(index).send(
                "POST", "/v1/registrations/\(id)/confirm", body: Array(#"{"code":"\#(code)"}"#.utf8)
            ).get()
            guard answer.status < 300 else {
                throw BenchmarkError(
                    "not confirmed: \(String(decoding: answer.body, as: UTF8.self))")
            }
        }
        return crowd
    }

    private struct Named: Decodable { var id: String }

    /// The code that was sent for a registration, once the courier has logged it.
    private static func code(of registration: String, _ stack: BenchmarkStack) async throws
        -> String
    {
        for _ in 0..<600 {
            let lines = try stack.walletLog().split(separator: "\n")
            if let line = lines.last(where: { $0.contains("verification=\(registration)") }),
                let start = line.range(of: "code=")?.upperBound
            {
                return String(line[start...].prefix(6))
            }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw BenchmarkError("no code was sent for registration \(registration)")
    }

    private func client(_ person: Int) -> HTTPClient { clients[person / Self.peopleAnAddress] }

    /// Lets everybody sign in, and again as soon as they are.
    func begin() {
        state.withLock { state in
            state.isRunning = true
            state.count = 0
            state.tasks = names.indices.map { index in Task { await self.signIn(index) } }
        }
    }

    /// Lets the sign-ins under way end. How many there were, and why one failed, if one did.
    func end() async -> (count: Int, failure: String?) {
        let tasks = state.withLock { state in
            state.isRunning = false
            return state.tasks
        }
        for task in tasks { await task.value }
        return state.withLock { ($0.count, $0.failure) }
    }

    func close() async { for client in clients { await client.close() } }

    private func signIn(_ person: Int) async {
        let body = Array(
            #"{"identifier":"@\#(names[person])","password":"\#(Self.password)","device":{"name":"Bench"}}"#
                .utf8)
        while state.withLock({ $0.isRunning }) {
            var failure: String?
            do {
                let answer = try await client(person).send("POST", "/v1/sign-in", body: body).get()
                if answer.status >= 300 { failure = String(decoding: answer.body, as: UTF8.self) }
            } catch {
                failure = "\(error)"
            }
            state.withLock { state in
                state.count += 1
                if let failure {
                    state.failure = failure
                    state.isRunning = false
                }
            }
        }
    }
}
