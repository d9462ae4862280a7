public import Cryptography

/// Where a log ends: all that is needed to append to it, in O(log n) of its size.
public struct AuditHead: Equatable, Sendable {
    /// Which log.
    public let log: AuditLogID
    /// The Merkle tree over all entries.
    public internal(set) var tree: MerkleTree
    /// The hash of the last entry, or what the first one will be chained to.
    public internal(set) var lastHash: SHA256Digest
    /// The latest time that the log knows, in microseconds since 1970: of an entry or of a signed head.
    public internal(set) var recordedAtMicros: Int64
    /// How many heads were signed.
    public internal(set) var signedHeadCount: Int64

    /// Number of entries.
    public var size: Int64 { tree.size }

    /// The head of a log without entries.
    public init(log: AuditLogID) {
        self.init(
            log: log, tree: MerkleTree(), lastHash: AuditEntry.start(of: log), recordedAtMicros: 0,
            signedHeadCount: 0)
    }

    init(
        log: AuditLogID, tree: MerkleTree, lastHash: SHA256Digest, recordedAtMicros: Int64,
        signedHeadCount: Int64
    ) {
        self.log = log
        self.tree = tree
        self.lastHash = lastHash
        self.recordedAtMicros = recordedAtMicros
        self.signedHeadCount = signedHeadCount
    }

    /// Gives records their places, in the order given. All get the same time: the clock's, or the latest known one if
    /// the clock went back.
    ///
    /// - Returns: The entries, which are yet to be stored.
    public mutating func append(_ records: [AuditRecord], clockMicros: Int64) -> [AuditEntry] {
        recordedAtMicros = max(recordedAtMicros, clockMicros)
        return records.map { record in
            let entry = AuditEntry(
                index: size, recordedAtMicros: recordedAtMicros, record: record, after: lastHash)
            tree.append(leafHash: entry.leafHash)
            lastHash = entry.hash
            return entry
        }
    }
}
