internal import AuditTrail
internal import Ledger
internal import Logging
internal import PostgreSQL

/// Names once a minute in the audit log what the ledger has committed, and signs the log's head if it has grown: what was
/// written before, in either, can then not be rewritten unseen.
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

    private static let named = Statement(
        "audit.ledger_named",
        """
        SELECT index FROM audit_entry WHERE act = 'ledger.committed' ORDER BY index DESC LIMIT 1
        """)

    /// Names the events since those that were named last.
    private static func nameLedger(in connection: inout Connection) throws(PostgreSQLError) {
        try connection.transaction { connection throws(PostgreSQLError) in
            let head = try LogReader.head(&connection)
            let last = try Self.named(in: &connection)?.sequences.upperBound ?? 0
            guard head.sequence.rawValue > last else { return }
            let reference = LedgerReference(
                sequences: (last + 1)...head.sequence.rawValue, runningHash: head.runningHash.digest
            )
            guard let record = try? reference.record() else { return }
            try AuditLog.append([record], in: &connection)
        }
    }

    /// What was named last; nil if nothing was.
    private static func named(
        in connection: inout Connection
    ) throws(PostgreSQLError) -> LedgerReference? {
        let rows = try connection.query(named)
        if rows.isEmpty { return nil }
        return try AuditLog.entries(from: rows.int(0, 0), limit: 1, &connection).first
            .flatMap { LedgerReference($0.record) }
    }

    private func sign() async {
        let key = key
        do throws(PostgreSQLError) {
            try await pool.run { connection throws(PostgreSQLError) in
                try Self.nameLedger(in: &connection)
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
