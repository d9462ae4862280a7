internal import Foundation
internal import LinearAlgebra
internal import Logging
internal import Operations
internal import PostgreSQL
internal import ProcessControl

/// Cluster, wallet and engine as processes of their own in a home away from any other; removed afterwards.
struct BenchmarkStack: Sendable {
    let home: Home
    let cluster: PrivateCluster
    let port: Int
    let bearer: String
    private let wallet: ChildProcess
    private let risk: ChildProcess
    private let pacer: WritebackPacer

    /// - Parameter tellsCodes: whether the wallet's log, ``walletLog``, has the codes that people are sent.
    static func start(
        executable: String, model: String, tellsCodes: Bool = false
    ) async throws -> BenchmarkStack {
        let home = try Home("/var/tmp/holdfast-bench-\(getpid())")
        let cluster = try home.cluster()
        try cluster.start()
        try home.migrate()
        var environment = ProcessInfo.processInfo.environment
        for variable in NumericFingerprint.environment {
            environment[variable.name] = variable.value
        }
        func spawn(_ arguments: [String]) throws -> ChildProcess {
            try ChildProcess.start(
                executable,
                arguments + [
                    "--home", home.path, "--supervised", "--log-level",
                    tellsCodes ? "notice" : "warning",
                ],
                environment: environment, output: .file(home.logPath(arguments[0])), ownGroup: true)
        }
        let wallet = try spawn(["wallet", "--port", "0"])
        let risk = try spawn(["risk", "--model", model])
        for _ in 0..<600 {
            if let port = home.port, let bearer = try? OperatorKey.read(home) {
                let http = try HTTPClient(
                    host: "127.0.0.1", port: port, connections: 1, bearer: bearer)
                let isReady = await WalletClient(http).isReady()
                await http.close()
                if isReady {
                    return BenchmarkStack(
                        home: home, cluster: cluster, port: port, bearer: bearer, wallet: wallet,
                        risk: risk, pacer: WritebackPacer(cluster))
                }
            }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw BenchmarkError("wallet and engine did not become ready; see \(home.path)/logs")
    }

    /// What the wallet has written so far.
    func walletLog() throws -> String {
        try String(contentsOfFile: home.logPath("wallet"), encoding: .utf8)
    }

    func stop() async {
        pacer.stop()
        for process in [wallet, risk] {
            process.send(signal: SIGTERM)
            _ = process.wait()
            process.closePipes()
        }
        cluster.stop(immediately: true)
        try? FileManager.default.removeItem(atPath: home.path)
    }

    /// Processor time used so far, in seconds, by process.
    func processorSeconds() -> [String: Double] {
        var seconds: [String: Double] = [
            "wallet": Self.seconds(wallet.identifier), "engine": Self.seconds(risk.identifier),
            "load": Benchmarks.processorSeconds(),
        ]
        if let postmaster = cluster.processIdentifier {
            seconds["postgresql"] = Self.children(of: postmaster).reduce(Self.seconds(postmaster)) {
                $0 + Self.seconds($1)
            }
        }
        return seconds
    }

    private static func fields(_ process: Int32) -> [Substring] {
        guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
            let end = text.lastIndex(of: ")")
        else { return [] }
        return text[text.index(after: end)...].split(separator: " ")
    }

    /// User and system time, from `/proc/<pid>/stat`.
    private static func seconds(_ process: Int32) -> Double {
        let fields = fields(process)
        guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12])
        else {
            return 0
        }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    private static func children(of parent: Int32) -> [Int32] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { Int32($0) }.filter { process in
            let fields = fields(process)
            return fields.count > 1 && Int32(fields[1]) == parent
        }
    }
}
