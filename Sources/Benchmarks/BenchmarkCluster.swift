internal import Foundation
internal import Schema
public import PostgreSQL

/// Why a benchmark could not be run.
public struct BenchmarkError: Error, Sendable, CustomStringConvertible {
    /// What failed, and where to look for more.
    public var description: String
    /// An error that says `description`.
    public init(_ description: String) { self.description = description }
}

/// A private cluster for one benchmark, away from any other, with the settings of production; removed afterwards.
public struct BenchmarkCluster: Sendable {
    /// The running server.
    public let cluster: PrivateCluster
    private let folder: String
    private let pacer: WritebackPacer

    /// Makes and starts the cluster, with the ledger's schema in database `holdfast`.
    public static func start() throws -> BenchmarkCluster {
        let folder = "/var/tmp/holdfast-bench-\(getpid())"
        let cluster = try PrivateCluster(folder: folder)
        try cluster.start()
        var connection = try Connection(cluster.connection())
        try Migrations.apply(to: &connection)
        return BenchmarkCluster(
            cluster: cluster, folder: folder, pacer: WritebackPacer(cluster))
    }

    /// Stops the cluster and removes its files.
    public func remove() {
        pacer.stop()
        cluster.stop(immediately: true)
        try? FileManager.default.removeItem(atPath: folder)
    }
}
