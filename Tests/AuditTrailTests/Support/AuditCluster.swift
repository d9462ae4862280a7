import PostgreSQL
import TestCluster

/// Databases with an empty log, and threads for what blocks.
enum AuditCluster {
    /// libpq connection string of a new database with an empty log.
    static func newDatabase() async throws -> String { try await TestCluster.newDatabase() }

    /// Runs what blocks on a thread of its own, not on one of the few that all tests share.
    static func onThread<Result: Sendable>(
        _ body: @escaping @Sendable () throws -> Result
    ) async throws -> Result { try await OwnThread.run(body) }

    /// A connection to a new database, on a thread of its own.
    static func withDatabase<Result: Sendable>(
        _ body: @escaping @Sendable (String, inout Connection) throws -> Result
    ) async throws -> Result {
        let database = try await newDatabase()
        return try await onThread {
            var connection = try Connection(database)
            return try body(database, &connection)
        }
    }
}
