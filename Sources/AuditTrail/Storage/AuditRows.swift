internal import Cryptography
internal import PostgreSQL

/// An entry's row as it is, which after tampering need not be an entry.
struct StoredEntry {
    var index: Int64
    /// Nil if the row breaks a rule that every written entry keeps.
    var entry: AuditEntry?
    /// The hash that the row carries; nil if that is none.
    var hash: SHA256Digest?
}

/// A signed head's row as it is.
struct StoredHead {
    var number: Int64
    var size: Int64
    /// Nil if the row breaks a rule that every written head keeps.
    var head: SignedTreeHead?
}

/// The log's end as it is.
struct StoredEnd {
    /// Nil if there is not exactly one row.
    var log: AuditLogID?
    /// Nil if the row is not the end of any log.
    var head: AuditHead?

    func whole() throws(PostgreSQLError) -> AuditHead {
        guard let head else {
            throw .unexpectedResult("audit_head is not one row with the tree of its size")
        }
        return head
    }
}

/// How the tables' rows read.
enum AuditRows {
    static func end(_ rows: borrowing Rows) -> StoredEnd {
        guard rows.count == 1 else { return StoredEnd() }
        let id = rows.uuid(0, 0)
        let log = AuditLogID(high: id.high, low: id.low)
        let roots = rows.bytes(0, 4)
        let digests = stride(from: 0, to: roots.count, by: 32).compactMap {
            SHA256Digest(bytes: roots[$0..<min($0 + 32, roots.count)])
        }
        guard let tree = MerkleTree(size: rows.int(0, 1), subtreeRoots: digests),
            let lastHash = SHA256Digest(bytes: rows.bytes(0, 3))
        else { return StoredEnd(log: log) }
        return StoredEnd(
            log: log,
            head: AuditHead(
                log: log, tree: tree, lastHash: lastHash, recordedAtMicros: rows.int(0, 2),
                signedHeadCount: rows.int(0, 5)))
    }

    static func entry(_ rows: borrowing Rows, _ row: Int) -> StoredEntry {
        let hash = SHA256Digest(bytes: rows.bytes(row, 8))
        let index = rows.int(row, 0)
        guard let hash, let previousHash = SHA256Digest(bytes: rows.bytes(row, 7)),
            let act = AuditAct(rawValue: rows.text(row, 3)),
            let outcome = UInt8(exactly: rows.int(row, 5)).flatMap(AuditOutcome.init(rawValue:)),
            let details = DetailLines.read(rows.text(row, 6)),
            let record = try? AuditRecord(
                actor: rows.text(row, 2), act: act, subject: rows.text(row, 4), outcome: outcome,
                details: details)
        else { return StoredEntry(index: index, entry: nil, hash: hash) }
        return StoredEntry(
            index: index,
            entry: AuditEntry(
                index: index, recordedAtMicros: rows.int(row, 1), record: record,
                previousHash: previousHash, hash: hash),
            hash: hash)
    }

    static func signedHead(_ rows: borrowing Rows, _ row: Int) -> StoredHead {
        let (number, size) = (rows.int(row, 0), rows.int(row, 2))
        let log = rows.uuid(row, 1)
        guard let root = SHA256Digest(bytes: rows.bytes(row, 3)),
            let key = AuditKeyID(bytes: rows.bytes(row, 5))
        else { return StoredHead(number: number, size: size, head: nil) }
        return StoredHead(
            number: number, size: size,
            head: SignedTreeHead(
                log: AuditLogID(high: log.high, low: log.low), size: size, root: root,
                signedAtMicros: rows.int(row, 4), key: key, signature: rows.bytes(row, 6)))
    }
}

/// Details in their column: a line each, `name=text`. A name has no equals sign and neither has a line break, so the
/// lines read in one way only.
enum DetailLines {
    static func write(_ details: [AuditDetail]) -> String {
        details.map { "\($0.name)=\($0.text)" }.joined(separator: "\n")
    }

    static func read(_ text: String) -> [AuditDetail]? {
        if text.isEmpty { return [] }
        var details: [AuditDetail] = []
        for line in text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        {
            guard let end = line.firstIndex(of: UInt8(ascii: "=")),
                let name = String(line[..<end]),
                let value = String(line[line.index(after: end)...])
            else { return nil }
            details.append(AuditDetail(name, value))
        }
        return details
    }
}
