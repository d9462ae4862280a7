internal import AuditTrail
internal import Logging
internal import PostgreSQL

/// Signs the audit log's head once a minute if it has grown: what was written before can then not be rewritten unseen.
struct AuditSigner: Sendable {
    private static let interval = Duration.seconds(60)

    private let key: AuditSigningKey
    private let pool: ConnectionPool
    private let logger: Logger

    init(_ home: Home, _ cluster: PrivateCluster, logger: Logger) throws(OperationError) {
        key = try HomeAudit.key(home)
        pool = ConnectionPool(
            cluster.connection(application: "holdfast-audit"), count: 1, name: "audit")
        self.logger = logger
    }

    /// Signs until the task is cancelled, and then once more.
    func run() async {
        while !Task.isCancelled {
            await sign()
            try? await Task.sleep(for: Self.interval)
        }
        await sign()
        pool.stop()
    }

    private func sign() async {
        let key = key
        do throws(PostgreSQLError) {
            try await pool.run { connection throws(PostgreSQLError) in
                let size = try AuditLog.head(&connection).size
                guard try AuditLog.newestSignedHead(&connection)?.size ?? 0 < size else { return }
                try connection.transaction { connection throws(PostgreSQLError) in
                    _ = try AuditLog.sign(with: key, in: &connection)
                }
            }
        } catch {
            logger.warning("the audit log was not signed", metadata: ["error": "\(error)"])
        }
    }
}
