internal import Foundation
internal import Operations

extension AuthorizeBenchmark {
    /// How often each of the two is searched for; the best of each counts, as for a machine that others disturb.
    private static let rounds = 2
    /// Where the search begins, in payments a second.
    private static let start = 5_000.0
    /// Up in small steps, and a rest after what was too much: what one leaves behind must not be the other's burden.
    private static let step = 1.15
    private static let rest = 10.0

    /// What limits and fees cost, and tokens in place of a key: the highest rate that holds with all of them, and without,
    /// by turns on the same accounts.
    func comparePriced(
        _ stack: BenchmarkStack, _ progress: @escaping @Sendable (String) -> Void
    ) async throws -> BenchmarkReport {
        progress("opening \(accounts) accounts over HTTP")
        let load = try await AuthorizeLoad.open(stack, accounts: accounts)
        let priced = try load.with(bearer: try await Self.token(stack), port: stack.port)
        let report =
            if let rate {
                try await costs(load, priced, rate: rate, stack, progress)
            } else {
                try await highestRates(load, priced, stack, progress)
            }
        await priced.close()
        await load.close()
        return report
    }

    private func highestRates(
        _ load: AuthorizeLoad, _ priced: AuthorizeLoad, _ stack: BenchmarkStack,
        _ progress: @escaping @Sendable (String) -> Void
    ) async throws -> BenchmarkReport {
        var (without, with): ([Double], [Double]) = ([], [])
        for round in 1...Self.rounds {
            // What was dirtied before, and the page images that follow the checkpoint, are no burden of either; and each
            // probe of one is followed by one of the other, so that both meet the same machine.
            try stack.cluster.checkpoint()
            let search = RateSearch(from: Self.start, step: Self.step, attempts: 2)
            var searches = [search, search]
            while searches.contains(where: { $0.next != nil }) {
                for (index, load) in [load, priced].enumerated() {
                    guard let rate = searches[index].next else { continue }
                    try await Self.price(stack, index == 1)
                    progress("round \(round), \(index == 1 ? "with" : "without")")
                    searches[index].note(
                        try await probe(load, rate, restSeconds: Self.rest, progress))
                }
            }
            without.append(searches[0].result)
            with.append(searches[1].result)
        }
        var report = BenchmarkReport(name: "authorize priced")
        report.add("accounts", Double(accounts), decimals: 0)
        for (index, (a, b)) in zip(without, with).enumerated() {
            report.add("without_\(index + 1)_per_second", a, decimals: 0)
            report.add("with_\(index + 1)_per_second", b, decimals: 0)
        }
        let best = (without.max() ?? 1, with.max() ?? 0)
        report.add("without_per_second", best.0, decimals: 0)
        report.add("with_per_second", best.1, decimals: 0)
        report.add("ratio", best.1 / best.0, decimals: 3)
        return report
    }

    /// Where the difference is spent: processor time a payment at one rate, by process.
    private func costs(
        _ load: AuthorizeLoad, _ priced: AuthorizeLoad, rate: Double, _ stack: BenchmarkStack,
        _ progress: @escaping @Sendable (String) -> Void
    ) async throws -> BenchmarkReport {
        var report = BenchmarkReport(name: "authorize priced, costs")
        report.add("accounts", Double(accounts), decimals: 0)
        report.add("offered_per_second", rate, decimals: 0)
        for round in 1...Self.rounds {
            for (name, load) in [("without", load), ("with", priced)] {
                try await Self.price(stack, name == "with")
                _ = try await load.run(rate: rate, seconds: 3)
                progress("round \(round): \(name), \(probeSeconds * 2) s")
                let outcome = try await measured(
                    load, stack, rate: rate, seconds: probeSeconds * 2)
                report.add("\(name)_\(round)_p99_ms", outcome.p99)
                for (process, micros) in outcome.cpuMicros.sorted(by: { $0.key < $1.key }) {
                    report.add("\(name)_\(round)_cpu_us_\(process)", micros, decimals: 1)
                }
                report.add(
                    "\(name)_\(round)_cpu_us", outcome.cpuMicros.values.reduce(0, +), decimals: 1)
            }
        }
        return report
    }

    /// Puts a price list and limits in force, or ones that say nothing. They are read within a second.
    private static func price(_ stack: BenchmarkStack, _ isPriced: Bool) async throws {
        let folder = URL(fileURLWithPath: stack.home.pricesPath)
        try FileManager.default.createDirectory(
            at: folder.appendingPathComponent("fees"), withIntermediateDirectories: true)
        let rules =
            #"{"id":"all","currency":"USD","fixed":"0.01","parts_per_million":100,"paid_by":"payer"}"#
        let fees =
            #"{"version":1,"valid_from":"2020-01-01T00:00:00Z","rules":[\#(isPriced ? rules : "")]}"#
        let limits =
            "currency,USD\n" + (isPriced ? "*,all,9000000.00,9000000.00,9000000.00\n" : "")
        try fees.write(
            to: folder.appendingPathComponent("fees/1.json"), atomically: true, encoding: .utf8)
        try limits.write(
            to: folder.appendingPathComponent("limits.csv"), atomically: true, encoding: .utf8)
        try await Task.sleep(for: .seconds(2))
    }

    /// An access token of a program that may pay.
    private static func token(_ stack: BenchmarkStack) async throws -> String {
        let http = try HTTPClient(
            host: "127.0.0.1", port: stack.port, connections: 1, bearer: stack.bearer)
        let made = try await http.send(
            "POST", "/v1/clients",
            body: Array(
                #"{"id":"bench","name":"Bench","scope":"payments:write payments:read"}"#.utf8),
            key: nil
        ).get()
        guard made.status == 201, let secret = text("secret", made.body) else {
            throw BenchmarkError("no client: \(String(decoding: made.body, as: UTF8.self))")
        }
        let form = "grant_type=client_credentials&client_id=bench&client_secret=\(secret)"
        await http.close()
        // The client shows who it is in the form, and in no second way.
        let stranger = try HTTPClient(
            host: "127.0.0.1", port: stack.port, connections: 1, bearer: "")
        let granted = try await stranger.send(
            "POST", "/oauth/token", body: Array(form.utf8),
            contentType: "application/x-www-form-urlencoded"
        ).get()
        await stranger.close()
        guard let token = text("access_token", granted.body) else {
            throw BenchmarkError("no token: \(String(decoding: granted.body, as: UTF8.self))")
        }
        return token
    }

    private static func text(_ name: String, _ body: [UInt8]) -> String? {
        let object = try? JSONSerialization.jsonObject(with: Data(body)) as? [String: Any]
        return object?[name] as? String
    }
}
