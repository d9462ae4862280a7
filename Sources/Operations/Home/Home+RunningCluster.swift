internal import PostgreSQL

extension Home {
    /// Calls `body` with the cluster running; one that does not run is started for the time it takes.
    ///
    /// - Throws: ``OperationError`` if there is no cluster, and whatever `body` throws.
    func withRunningCluster<Result>(
        _ body: (_ cluster: PrivateCluster, _ wasRunning: Bool) throws -> Result
    ) throws -> Result {
        let cluster = try cluster()
        guard cluster.exists else {
            throw OperationError("there is no cluster in \(path): nothing was ever recorded there")
        }
        let wasRunning = cluster.isRunning
        if !wasRunning { try cluster.start() }
        defer { if !wasRunning { cluster.stop() } }
        return try body(cluster, wasRunning)
    }
}
