public import Cryptography

/// A promise about a log: at this time it had this many entries, and their Merkle tree this root (after RFC 9162, section
/// 4.10). Whoever keeps one can tell later whether any of these entries was changed.
public struct SignedTreeHead: Hashable, Sendable {
    /// Which log.
    public let log: AuditLogID
    /// Number of entries.
    public let size: Int64
    /// Root of the Merkle tree over them; see ``MerkleTree``.
    public let root: SHA256Digest
    /// When it was signed by the database's clock, in microseconds since 1970 (UTC).
    public let signedAtMicros: Int64
    /// Which key signed it.
    public let key: AuditKeyID
    /// Ed25519 signature of ``signedBytes``: 64 bytes.
    public let signature: [UInt8]

    /// A head as it was stored or exported; whether its signature is right has to be asked.
    init(
        log: AuditLogID, size: Int64, root: SHA256Digest, signedAtMicros: Int64, key: AuditKeyID,
        signature: [UInt8]
    ) {
        self.log = log
        self.size = size
        self.root = root
        self.signedAtMicros = signedAtMicros
        self.key = key
        self.signature = signature
    }

    /// Signs the head of a log.
    init?(_ head: AuditHead, signedAtMicros: Int64, with key: AuditSigningKey) {
        let unsigned = SignedTreeHead(
            log: head.log, size: head.size, root: head.tree.root, signedAtMicros: signedAtMicros,
            key: key.publicKey.id, signature: [])
        guard let signature = key.signature(of: unsigned.signedBytes) else { return nil }
        self.init(
            log: unsigned.log, size: unsigned.size, root: unsigned.root,
            signedAtMicros: signedAtMicros, key: unsigned.key, signature: signature)
    }

    /// What the signature covers: the label `holdfast.audit.head.v1` behind its length in four bytes, the log's 16
    /// bytes, size and time in 8 each, the root's 32 and the key identifier's 16. Numbers are big-endian.
    public var signedBytes: [UInt8] {
        var fields = ByteFields()
        fields.append(text: "holdfast.audit.head.v1")
        fields.append(log.bytes)
        fields.append(size)
        fields.append(signedAtMicros)
        fields.append(root.bytes)
        fields.append(key.bytes)
        return fields.bytes
    }

    /// Whether the owner of this key signed exactly this.
    public func verify(with publicKey: AuditPublicKey) -> Bool {
        key == publicKey.id && publicKey.verifies(signature, of: signedBytes)
    }
}
