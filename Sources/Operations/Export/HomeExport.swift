internal import PostgreSQL

/// Writes the payments of a home, running or not, as a transactions table.
public struct HomeExport: Sendable {
    private let home: Home
    private let labelDelaySeconds: Int64

    /// - Parameter labelDelaySeconds: the age at which a payment without a label is presumed genuine.
    public init(_ home: Home, labelDelaySeconds: Int64) {
        self.home = home
        self.labelDelaySeconds = labelDelaySeconds
    }

    /// A cluster that does not run is started for the time it takes.
    ///
    /// - Parameter progress: is told how many events are done, of how many.
    public func run(
        to path: String, progress: (_ done: Int64, _ total: Int64) -> Void
    ) throws -> TableExport.Summary {
        let export = TableExport(
            contextKeys: try MasterKeys(home).keyring(), labelDelaySeconds: labelDelaySeconds)
        return try home.withRunningCluster { cluster, _ in
            var connection = try Connection(cluster.connection(application: "holdfast-export"))
            try home.requireSealedContexts(&connection)
            return try export.run(&connection, to: path, progress: progress)
        }
    }
}
