internal import PostgreSQL

extension Home {
    /// Calls `body` with the cluster running; one that does not run is started for the time it takes, in which no
    /// supervisor may start: it would take over a server that is stopped under it.
    ///
    /// - Throws: ``OperationError`` if there is no cluster, or if it does not run yet but somebody is about to start it;
    ///   and whatever `body` throws.
    func withRunningCluster<Result>(
        _ body: (_ cluster: PrivateCluster, _ wasRunning: Bool) throws -> Result
    ) throws -> Result {
        let cluster = try cluster()
        guard cluster.exists else {
            throw OperationError("there is no cluster in \(path): nothing was ever recorded there")
        }
        let wasRunning = cluster.isRunning
        let lock = wasRunning ? nil : try HomeLock(self)
        defer { lock?.release() }
        if !wasRunning { try cluster.start() }
        defer { if !wasRunning { cluster.stop() } }
        return try body(cluster, wasRunning)
    }
}
