import Foundation
import Schema
public import PostgreSQL
import ProcessControl
import Synchronization

/// One private PostgreSQL cluster for a whole test run, with a fresh database for each test that asks.
public enum TestCluster {
    private static let shared: PrivateCluster = {
        let folder = "/tmp/holdfast-test-\(getpid())"
        do {
            let cluster = try PrivateCluster(
                folder: folder,
                settings: [
                    "shared_buffers": "'128MB'", "max_connections": "500", "max_wal_size": "'1GB'",
                ])
            try cluster.start()
            endWithThisProcess(cluster)
            try cluster.createDatabase("template")
            var connection = try Connection(cluster.connection(database: "template"))
            try Migrations.apply(to: &connection)
            return cluster
        } catch {
            fatalError("the test cluster cannot be started: \(error)")
        }
    }()
    private static let count = Atomic<Int>(0)

    /// The cluster itself.
    public static var cluster: PrivateCluster { shared }

    /// libpq connection string of a new database with the ledger's schema.
    public static func newDatabase() async throws -> String {
        let name = "test_\(count.add(1, ordering: .relaxed).newValue)"
        try await run { try $0.createDatabase(name, template: "template") }
        return try await run { $0.connection(database: name) }
    }

    /// Runs something on the cluster, one thing at a time, on a thread of its own. A cluster takes seconds to start and
    /// a database a moment to be made; waiting for them on the few threads that all tests share would stop every
    /// test that waits for anything at all.
    public static func run<Result: Sendable>(
        _ body: @escaping @Sendable (PrivateCluster) throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: .init { try body(shared) }) }
        }
    }

    private static let queue = DispatchQueue(label: "test-cluster")

    /// A watcher outside this process removes the cluster, however the process ends.
    private static func endWithThisProcess(_ cluster: PrivateCluster) {
        let script = """
            while kill -0 \(getpid()) 2>/dev/null; do sleep 0.5; done
            kill -QUIT $(head -1 \(cluster.folder)/data/postmaster.pid) 2>/dev/null
            sleep 1; rm -rf \(cluster.folder) \(cluster.socketFolder)
            """
        _ = try? ChildProcess.start(
            "/bin/sh", ["-c", script], environment: ["PATH": "/usr/bin:/bin"], output: .discard,
            ownGroup: true)
    }
}
