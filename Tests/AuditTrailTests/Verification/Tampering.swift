import Cryptography
import PostgreSQL

@testable import AuditTrail

/// Breaks a log by hand, as a superuser could.
enum Tampering {
    /// Runs SQL with all triggers off.
    static func superuser(_ sql: String, _ connection: inout Connection) throws {
        try connection.execute(
            "SET session_replication_role = replica; \(sql); RESET session_replication_role")
    }

    /// Writes an entry whose hash is right for its place and for what it is said to follow.
    static func put(
        _ record: AuditRecord, at index: Int64, time: Int64? = nil,
        after previous: SHA256Digest? = nil, _ connection: inout Connection
    ) throws {
        let old = try AuditLog.entries(from: index - 1, limit: 2, &connection)
        let entry = AuditEntry(
            index: index, recordedAtMicros: time ?? old[old.count - 1].recordedAtMicros,
            record: record, after: previous ?? old[0].hash)
        var parameters = Parameters()
        parameters.add(index)
        parameters.add(entry.recordedAtMicros)
        parameters.add(record.actor)
        parameters.add(record.act.rawValue)
        parameters.add(record.subject)
        parameters.add(Int64(record.outcome.rawValue))
        parameters.add(DetailLines.write(record.details))
        parameters.add(entry.previousHash.bytes)
        parameters.add(entry.hash.bytes)
        try connection.execute("SET session_replication_role = replica")
        _ = try connection.query(
            Statement(
                "put",
                """
                INSERT INTO audit_entry VALUES ($1::bigint, $2::bigint, $3::text, $4::text,
                    $5::text, $6::bigint, $7::text, $8::bytea, $9::bytea)
                ON CONFLICT (index) DO UPDATE SET recorded_at = excluded.recorded_at,
                    actor = excluded.actor, act = excluded.act, subject = excluded.subject,
                    outcome = excluded.outcome, details = excluded.details,
                    previous_hash = excluded.previous_hash, hash = excluded.hash
                """), parameters)
        try connection.execute("RESET session_replication_role")
    }

    /// Moves all entries from an index on by so many places.
    static func shift(
        from index: Int64, by places: Int64, _ connection: inout Connection
    ) throws {
        try superuser(
            """
            UPDATE audit_entry SET index = index + 1000000 WHERE index >= \(index);
            UPDATE audit_entry SET index = index - 1000000 + \(places) WHERE index >= 1000000
            """, &connection)
    }

    /// Writes the log anew from an index on: hashes, chain and end fit together again.
    static func rechain(from index: Int64, _ connection: inout Connection) throws {
        let entries = try AuditLog.entries(from: 0, limit: 10_000, &connection)
        let end = try AuditLog.head(&connection)
        var head = AuditHead(log: end.log)
        for entry in entries {
            let made = head.append([entry.record], clockMicros: entry.recordedAtMicros)[0]
            guard entry.index >= index else { continue }
            try put(
                made.record, at: made.index, time: made.recordedAtMicros,
                after: made.previousHash, &connection)
        }
        let roots = head.tree.subtreeRoots.map { "\($0)" }.joined()
        try superuser(
            """
            UPDATE audit_head SET size = \(head.size), last_hash = decode('\(head.lastHash)', 'hex'),
                subtree_roots = decode('\(roots)', 'hex')
            """, &connection)
    }
}
