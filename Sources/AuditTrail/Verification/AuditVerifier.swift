internal import Cryptography
public import PostgreSQL

/// Reads a whole log and tells whether it is as it was written.
///
/// Each entry is hashed again, chained to the one before it and added to the Merkle tree, which is compared with each
/// signed head and with the log's end. Entries are read in pages of one snapshot: memory does not grow with the log, and
/// those who append need not wait.
///
/// What it cannot see: entries after the newest signed head that were all rewritten, hashes, end and all, by somebody
/// who can write to the database; and a log of which entries *and* the signed heads over them were cut off. Whoever
/// keeps signed heads elsewhere compares them with ``AuditConsistency``.
public enum AuditVerifier {
    /// How a verification works.
    public struct Options: Sendable {
        /// How many entries are read at once, 1 to 10,000.
        public var pageSize = 2_000
        /// How many findings of a kind are kept; the others are counted.
        public var findingLimit = 20

        /// The defaults.
        public init() {}
    }

    /// How far a verification is.
    public struct Progress: Sendable {
        /// How many entries were read.
        public var entryCount: Int64
        /// How many there should be; 0 if that is not known.
        public var totalCount: Int64
    }

    /// Reads the log in a transaction of its own.
    ///
    /// - Parameters:
    ///   - connection: One that is in no transaction.
    ///   - keys: All keys that ever signed the log's heads. Without any, every signed head is said to be forged.
    ///   - progress: Told after each page.
    /// - Throws: `PostgreSQLError` if the log cannot be read at all; what is wrong in it is in the report.
    public static func run(
        _ connection: inout Connection, keys: [AuditPublicKey], options: Options = Options(),
        progress: (Progress) -> Void = { _ in }
    ) throws(PostgreSQLError) -> AuditReport {
        _ = try connection.query(AuditStatements.beginReading)
        do throws(PostgreSQLError) {
            let report = try read(&connection, keys, options, progress)
            _ = try connection.query(AuditStatements.commit)
            return report
        } catch {
            if !error.isConnectionLost { try connection.execute("ROLLBACK") }
            throw error
        }
    }

    private static func read(
        _ connection: inout Connection, _ keys: [AuditPublicKey], _ options: Options,
        _ progress: (Progress) -> Void
    ) throws(PostgreSQLError) -> AuditReport {
        let end = try AuditLog.storedEnd(&connection)
        // Without its end the log is still the one that its signed heads are of.
        let log =
            if let log = end.log { log } else { try firstSigned(&connection) ?? .unknown }
        var walk = EntryWalk(log: log, head: end.head, limit: options.findingLimit)
        var heads = SignedHeadWalk(log: log, count: end.head?.signedHeadCount, keys: keys)
        let pageSize = max(1, min(options.pageSize, 10_000))
        var start = Int64.min
        try heads.compare(&walk, &connection)
        while true {
            let page = try AuditLog.storedEntries(from: start, limit: pageSize, &connection)
            for stored in page {
                walk.add(stored)
                try heads.compare(&walk, &connection)
            }
            progress(Progress(entryCount: walk.report.entryCount, totalCount: end.head?.size ?? 0))
            guard let last = page.last, page.count == pageSize, last.index < .max else { break }
            start = last.index + 1
        }
        walk.finish()
        try heads.finish(&walk, &connection)
        return walk.report
    }

    private static func firstSigned(
        _ connection: inout Connection
    ) throws(PostgreSQLError) -> AuditLogID? {
        try AuditLog.storedHeads(from: .min, limit: 1, &connection).first?.head?.log
    }
}
