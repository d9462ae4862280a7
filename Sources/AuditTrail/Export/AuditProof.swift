public import Cryptography
public import PostgreSQL

/// A proof that an entry is in the log that a signed head is of, for somebody who has the public key and no database.
public struct AuditProof: Hashable, Sendable {
    /// The entry.
    public let entry: AuditEntry
    /// The head of a log that has the entry.
    public let head: SignedTreeHead
    /// The hashes that lead from the entry to the head's root, the nearest first; see
    /// ``MerkleTree/inclusionPath(of:size:leafHashes:)``.
    public let path: [SHA256Digest]

    init(entry: AuditEntry, head: SignedTreeHead, path: [SHA256Digest]) {
        self.entry = entry
        self.head = head
        self.path = path
    }

    /// Makes the proof from the log's tables. Reads the hash of every entry below the head's size once, in pages.
    ///
    /// - Throws: ``AuditError``: `isMissing` if the head does not cover the index or there is no such entry; else with a
    ///   `databaseError`. After tampering a proof is made all the same, and does not hold.
    public static func make(
        index: Int64, at head: SignedTreeHead, _ connection: inout Connection
    ) throws(AuditError) -> AuditProof {
        guard index >= 0, index < head.size else {
            throw .missing("entry \(index) is not among the \(head.size) of this head")
        }
        do throws(PostgreSQLError) {
            let entries = try AuditLog.entries(from: index, limit: 1, &connection)
            if let entry = entries.first, entry.index == index {
                let path = try MerkleTree.inclusionPath(of: index, size: head.size) {
                    range throws(PostgreSQLError) in
                    try AuditLog.leafHashes(range, &connection)
                }
                return AuditProof(entry: entry, head: head, path: path)
            }
        } catch { throw .database(error) }
        throw .missing("entry \(index) is not there")
    }

    /// Whether the owner of this key once signed a log that has this entry in this place.
    public func verify(with publicKey: AuditPublicKey) -> AuditVerdict {
        guard head.verify(with: publicKey) else { return .headForged }
        guard entry.hash == entry.computedHash else { return .entryEdited }
        let isIncluded = MerkleTree.verifyInclusion(
            path: path, leafHash: entry.leafHash, index: entry.index, size: head.size,
            root: head.root)
        return isIncluded ? .holds : .notIncluded
    }
}

extension AuditProof {
    private struct Wire: AuditJSONObject {
        static let formatName = "holdfast.audit.proof.v1"
        var format: String = Self.formatName
        var entry: AuditEntryJSON
        var head: SignedTreeHeadJSON
        var path: [String]
    }

    /// The proof as one line of JSON: `format`, `entry` as ``AuditEntry/json``, `head` as ``SignedTreeHead/json``, and
    /// `path`.
    public var json: String {
        AuditJSON.write(
            Wire(
                entry: AuditEntryJSON(entry), head: SignedTreeHeadJSON(head),
                path: path.map(\.description)))
    }

    /// Reads what ``json`` wrote; whether it holds has to be asked.
    ///
    /// - Throws: ``AuditError`` whose `isMalformed` is true.
    public init(json: String) throws(AuditError) {
        let wire = try AuditJSON.read(json, as: Wire.self)
        self.init(
            entry: try wire.entry.entry(), head: try wire.head.head(),
            path: try AuditJSON.path(wire.path))
    }
}
