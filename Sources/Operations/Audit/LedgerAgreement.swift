internal import AuditTrail
internal import Cryptography
internal import PostgreSQL

/// Whether the ledger's log is the one that the audit log names: neither can be rewritten without the other.
public struct LedgerAgreement: Sendable {
    /// How often the audit log names the ledger's.
    public internal(set) var references = 0
    /// What does not agree, the first hundred of it.
    public internal(set) var findings: [String] = []

    private static let page = 1_000
    private static let batches = Statement(
        "audit.ledger_batches",
        """
        SELECT s, b.last_sequence, b.running_hash FROM unnest($1::bigint[]) AS s
        LEFT JOIN LATERAL (SELECT last_sequence, running_hash FROM event_batch
            WHERE first_sequence <= s ORDER BY first_sequence DESC LIMIT 1) b ON true
        """)

    /// Compares all references with the log.
    static func check(_ connection: inout Connection) throws -> LedgerAgreement {
        var agreement = LedgerAgreement()
        var index: Int64 = 0
        var named: Int64 = 0
        while true {
            let entries = try AuditLog.entries(
                naming: ["ledger"], from: index, limit: page, &connection)
            guard let last = entries.last else { return agreement }
            index = last.index + 1
            let references = entries.compactMap { LedgerReference($0.record) }
            let hashes = try hashes(at: references.map(\.sequences.upperBound), &connection)
            for reference in references {
                agreement.references += 1
                let end = reference.sequences.upperBound
                if reference.sequences.lowerBound > named + 1 {
                    agreement.add(
                        "no entry names events \(named + 1) to \(reference.sequences.lowerBound - 1)"
                    )
                }
                named = max(named, end)
                if hashes[end] != reference.runningHash.bytes {
                    agreement.add(
                        "the ledger's log up to event \(end) is not the one that was named")
                }
            }
        }
    }

    /// Running hashes of the log at ends of batches.
    private static func hashes(
        at ends: [Int64], _ connection: inout Connection
    ) throws(PostgreSQLError) -> [Int64: [UInt8]] {
        let rows = try connection.query(batches, Parameters { $0.addArray(ends) { $0 } })
        var found: [Int64: [UInt8]] = [:]
        for row in 0..<rows.count where rows.optionalInt(row, 1) == rows.int(row, 0) {
            found[rows.int(row, 0)] = rows.bytes(row, 2)
        }
        return found
    }

    private mutating func add(_ finding: String) {
        if findings.count < 100 { findings.append(finding) }
    }
}
