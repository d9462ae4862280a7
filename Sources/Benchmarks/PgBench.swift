internal import Foundation
public import PostgreSQL
internal import ProcessControl

/// pgbench's TPC-B on the same server: what the machine can do with one transaction at a time a client.
public struct PgBench: Sendable {
    /// pgbench's scale factor: 100,000 accounts each.
    public static let scale = 50
    /// Connections of pgbench, each with one transaction at a time.
    public static let clients = 32
    private let cluster: PrivateCluster

    /// Fills pgbench's tables in a database of their own.
    public init(_ cluster: PrivateCluster) throws {
        self.cluster = cluster
        try cluster.createDatabase("pgbench")
        _ = try run(["--initialize", "--scale=\(Self.scale)", "--quiet"])
    }

    /// Transactions a second of TPC-B (scale 50, 32 clients, prepared statements).
    public func transactionsPerSecond(seconds: Int) throws -> Double {
        let printed = try run([
            "--client=\(Self.clients)", "--jobs=2", "--protocol=prepared", "--time=\(seconds)",
            "--no-vacuum",
        ])
        for line in printed.split(separator: "\n") where line.hasPrefix("tps = ") {
            if let word = line.dropFirst(6).split(separator: " ").first, let tps = Double(word) {
                return tps
            }
        }
        throw BenchmarkError("pgbench printed no tps: \(printed)")
    }

    private func run(_ arguments: [String]) throws -> String {
        let process = try ChildProcess.start(
            cluster.programFolder + "/pgbench",
            ["--host=\(cluster.socketFolder)", "--username=holdfast"] + arguments + ["pgbench"],
            environment: ["PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"], output: .pipe)
        let printed = String(decoding: process.readOutput(), as: UTF8.self)
        let ending = process.wait()
        process.closePipes()
        guard ending.isSuccess else { throw BenchmarkError("pgbench \(ending): \(printed)") }
        return printed
    }
}
