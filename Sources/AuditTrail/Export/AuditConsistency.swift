public import Cryptography
public import PostgreSQL

/// A proof that the log of a newer head begins with the whole log of an older one: that nothing was changed in between,
/// only added.
public struct AuditConsistency: Hashable, Sendable {
    /// The head of the log as it was.
    public let older: SignedTreeHead
    /// The head of the log as it became.
    public let newer: SignedTreeHead
    /// The hashes from which both roots follow; see ``MerkleTree/consistencyPath(from:to:leafHashes:)``.
    public let path: [SHA256Digest]

    init(older: SignedTreeHead, newer: SignedTreeHead, path: [SHA256Digest]) {
        self.older = older
        self.newer = newer
        self.path = path
    }

    /// Makes the proof from the log's tables. Reads the hash of every entry below the newer head's size once at most,
    /// in pages.
    ///
    /// - Throws: ``AuditError``: `isMissing` if the heads are not of one log or the older one covers more; else with a
    ///   `databaseError`. After tampering a proof is made all the same, and does not hold.
    public static func make(
        from older: SignedTreeHead, to newer: SignedTreeHead, _ connection: inout Connection
    ) throws(AuditError) -> AuditConsistency {
        guard older.log == newer.log, older.size <= newer.size else {
            throw .missing("the newer head is not of the older one's log, or covers less of it")
        }
        do throws(PostgreSQLError) {
            let path = try MerkleTree.consistencyPath(from: older.size, to: newer.size) {
                range throws(PostgreSQLError) in
                try AuditLog.leafHashes(range, &connection)
            }
            return AuditConsistency(older: older, newer: newer, path: path)
        } catch { throw .database(error) }
    }

    /// Whether the log only grew from the older head to the newer one.
    ///
    /// - Parameters:
    ///   - publicKey: The key that signed the newer head.
    ///   - olderKey: The key that signed the older one, if that is another.
    public func verify(
        with publicKey: AuditPublicKey, olderKey: AuditPublicKey? = nil
    ) -> AuditVerdict {
        guard newer.verify(with: publicKey), older.verify(with: olderKey ?? publicKey) else {
            return .headForged
        }
        guard older.log == newer.log, older.size <= newer.size else { return .notComparable }
        let isConsistent = MerkleTree.verifyConsistency(
            path: path, from: older.size, to: newer.size, olderRoot: older.root,
            newerRoot: newer.root)
        return isConsistent ? .holds : .notConsistent
    }
}

extension AuditConsistency {
    private struct Wire: AuditJSONObject {
        static let formatName = "holdfast.audit.consistency.v1"
        var format: String = Self.formatName
        var older: SignedTreeHeadJSON
        var newer: SignedTreeHeadJSON
        var path: [String]
    }

    /// The proof as one line of JSON: `format`, `older` and `newer` as ``SignedTreeHead/json``, and `path`.
    public var json: String {
        AuditJSON.write(
            Wire(
                older: SignedTreeHeadJSON(older), newer: SignedTreeHeadJSON(newer),
                path: path.map(\.description)))
    }

    /// Reads what ``json`` wrote; whether it holds has to be asked.
    ///
    /// - Throws: ``AuditError`` whose `isMalformed` is true.
    public init(json: String) throws(AuditError) {
        let wire = try AuditJSON.read(json, as: Wire.self)
        self.init(
            older: try wire.older.head(), newer: try wire.newer.head(),
            path: try AuditJSON.path(wire.path))
    }
}
