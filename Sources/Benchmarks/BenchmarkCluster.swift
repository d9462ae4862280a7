internal import Foundation
internal import Ledger
public import PostgreSQL

/// Why a benchmark could not be run.
public struct BenchmarkError: Error, Sendable, CustomStringConvertible {
    public var description: String
    public init(_ description: String) { self.description = description }
}

/// A private cluster for one benchmark, away from any other, with the settings of production; removed afterwards.
public struct BenchmarkCluster: Sendable {
    public let cluster: PrivateCluster
    private let folder: String

    /// Makes and starts the cluster, with the ledger's schema in database `holdfast`.
    public static func start() throws -> BenchmarkCluster {
        let folder = "/var/tmp/holdfast-bench-\(getpid())"
        let cluster = try PrivateCluster(folder: folder)
        try cluster.start()
        var connection = try Connection(cluster.connection())
        try Migrations.apply(to: &connection)
        return BenchmarkCluster(cluster: cluster, folder: folder)
    }

    /// Stops the cluster and removes its files.
    public func remove() {
        cluster.stop(immediately: true)
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// The settings that make commits durable, as the server shows them.
    public func durability() throws -> [(name: String, value: String)] {
        var connection = try Connection(cluster.connection())
        return try ["fsync", "full_page_writes", "synchronous_commit"].map { name in
            let rows = try connection.query(
                Statement("show_\(name)", "SELECT current_setting('\(name)')"))
            return (name, rows.text(0, 0))
        }
    }

    /// Forces a checkpoint, as would come by itself in a longer run.
    public func checkpoint() throws {
        var connection = try Connection(cluster.connection())
        try connection.execute("CHECKPOINT")
    }
}
