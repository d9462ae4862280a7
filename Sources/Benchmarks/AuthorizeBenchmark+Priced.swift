internal import Foundation
internal import Operations

extension AuthorizeBenchmark {
    /// How often each of the two is searched for; the best of each counts, as for a machine that others disturb.
    private static let rounds = 2

    /// What limits and fees cost, and tokens in place of a key: the highest rate that holds with all of them, and without,
    /// by turns on the same accounts.
    func comparePriced(
        _ stack: BenchmarkStack, _ progress: @escaping @Sendable (String) -> Void
    ) async throws -> BenchmarkReport {
        progress("opening \(accounts) accounts over HTTP")
        let load = try await AuthorizeLoad.open(stack, accounts: accounts)
        let priced = try load.with(bearer: try await Self.token(stack), port: stack.port)
        var (without, with): ([Double], [Double]) = ([], [])
        for round in 1...Self.rounds {
            progress("round \(round): without")
            try await Self.price(stack, false)
            without.append(try await search(load, from: 1_000, progress))
            progress("round \(round): with tokens, limits and fees")
            try await Self.price(stack, true)
            with.append(try await search(priced, from: 1_000, progress))
        }
        await priced.close()
        await load.close()
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
        try await Task.sleep(for: .seconds(3))
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
