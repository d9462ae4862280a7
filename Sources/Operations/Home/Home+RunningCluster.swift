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
        let (cluster, lock) = try beginRunning()
        defer { end(cluster, lock) }
        return try body(cluster, lock == nil)
    }

    /// As the other, for what waits.
    func withRunningCluster<Result>(
        _ body: (_ cluster: PrivateCluster, _ wasRunning: Bool) async throws -> Result
    ) async throws -> Result {
        let (cluster, lock) = try beginRunning()
        defer { end(cluster, lock) }
        return try await body(cluster, lock == nil)
    }

    /// The cluster, which runs, and the lock under which it was started, if it was.
    private func beginRunning() throws -> (PrivateCluster, HomeLock?) {
        let cluster = try cluster()
        guard cluster.exists else {
            throw OperationError("there is no cluster in \(path): nothing was ever recorded there")
        }
        if cluster.isRunning { return (cluster, nil) }
        let lock = try HomeLock(self)
        do { try cluster.start() } catch {
            lock.release()
            throw error
        }
        return (cluster, lock)
    }

    private func end(_ cluster: PrivateCluster, _ lock: HomeLock?) {
        guard let lock else { return }
        cluster.stop()
        lock.release()
    }
}
