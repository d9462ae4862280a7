public import Cryptography

/// One line of the log: a record with its place, its time and its link to the entry before it.
public struct AuditEntry: Hashable, Sendable {
    /// Its place: 0 for the first entry, and one more for each that follows.
    public let index: Int64
    /// When it was recorded by the database's clock, in microseconds since 1970 (UTC). Never earlier than the entry
    /// before it.
    public let recordedAtMicros: Int64
    /// What was recorded.
    public let record: AuditRecord
    /// The hash of the entry before it; for the first entry ``start(of:)`` the log.
    public let previousHash: SHA256Digest
    /// The hash that it carries; see ``computedHash``.
    public let hash: SHA256Digest

    /// An entry as it was stored or exported; whether its hash is right has to be asked.
    init(
        index: Int64, recordedAtMicros: Int64, record: AuditRecord, previousHash: SHA256Digest,
        hash: SHA256Digest
    ) {
        self.index = index
        self.recordedAtMicros = recordedAtMicros
        self.record = record
        self.previousHash = previousHash
        self.hash = hash
    }

    /// The entry that follows `previousHash`.
    init(
        index: Int64, recordedAtMicros: Int64, record: AuditRecord, after previousHash: SHA256Digest
    ) {
        let encoding = EntryEncoding(
            index: index, recordedAtMicros: recordedAtMicros, record: record,
            previousHash: previousHash)
        self.init(
            index: index, recordedAtMicros: recordedAtMicros, record: record,
            previousHash: previousHash, hash: encoding.hash)
    }

    /// What the first entry of a log is chained to: the SHA-256 of the label `holdfast.audit.log.v1`, length-prefixed,
    /// and the log's 16 bytes. So the entries of one log fit into no other.
    public static func start(of log: AuditLogID) -> SHA256Digest {
        var bytes = ByteFields()
        bytes.append(text: "holdfast.audit.log.v1")
        bytes.append(log.bytes)
        return SHA256.hash(bytes.bytes)
    }

    /// The SHA-256 of the entry's encoding: the fields below, one after another, where a number is big-endian and a
    /// text is UTF-8 behind its length in four bytes. Every field has a length of its own or one that comes first, so
    /// no two different entries have the same encoding.
    ///
    /// | field | bytes |
    /// |---|---|
    /// | label | text `holdfast.audit.entry.v1` |
    /// | previous hash | 32 |
    /// | index | 8 |
    /// | recorded at, in microseconds since 1970 | 8 |
    /// | actor, act, subject | a text each |
    /// | outcome | 1: 1 succeeded, 2 refused |
    /// | number of details | 4 |
    /// | each detail | two texts: name, text |
    public var computedHash: SHA256Digest { EntryEncoding(self).hash }

    /// The entry's leaf in the log's Merkle tree; its datum is the 32 bytes of ``hash``.
    public var leafHash: SHA256Digest { MerkleTree.leafHash(hash.bytes) }
}
