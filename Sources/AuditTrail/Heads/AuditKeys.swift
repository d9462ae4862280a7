internal import Crypto
internal import Cryptography

/// The public half of a key that signs heads: Ed25519 (RFC 8032).
public struct AuditPublicKey: Hashable, Sendable, CustomStringConvertible {
    /// The key's 32 bytes.
    public let bytes: [UInt8]

    /// A key from its bytes; nil unless there are exactly 32.
    public init?(bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        self.bytes = bytes
    }

    /// A key from 64 hexadecimal digits; white space around them is left out.
    public init?(_ text: String) {
        guard let bytes = Hexadecimal.decode(text.filter { !$0.isWhitespace }) else { return nil }
        self.init(bytes: bytes)
    }

    /// What heads name the key by: the first 16 bytes of the SHA-256 of its bytes, in hexadecimal digits.
    public var id: AuditKeyID {
        AuditKeyID(unchecked: Array(Cryptography.SHA256.hash(bytes).bytes.prefix(16)))
    }

    /// 64 hexadecimal digits.
    public var description: String { Hexadecimal.encode(bytes) }

    func verifies(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        guard signature.count == 64,
            let key = try? Curve25519.Signing.PublicKey(rawRepresentation: bytes)
        else { return false }
        return key.isValidSignature(signature, for: message)
    }
}

/// Which key signed a head: 16 bytes.
public struct AuditKeyID: Hashable, Sendable, CustomStringConvertible {
    /// The 16 bytes.
    public let bytes: [UInt8]

    /// An identifier from its bytes; nil unless there are exactly 16.
    public init?(bytes: [UInt8]) {
        guard bytes.count == 16 else { return nil }
        self.bytes = bytes
    }

    init(unchecked bytes: [UInt8]) { self.bytes = bytes }

    /// 32 hexadecimal digits.
    public var description: String { Hexadecimal.encode(bytes) }
}

/// A key that signs heads: Ed25519 (RFC 8032). ``init(file:)`` keeps one in a file.
public struct AuditSigningKey: Sendable {
    /// The key's secret seed: 32 bytes.
    let seed: [UInt8]
    /// The half that may be known to all.
    public let publicKey: AuditPublicKey

    /// A new key that nobody can predict.
    public init() {
        let key = Curve25519.Signing.PrivateKey()
        seed = Array(key.rawRepresentation)
        publicKey = Self.publicKey(of: key)
    }

    /// A key from its secret seed; nil unless that has exactly 32 bytes.
    init?(seed: [UInt8]) {
        guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: seed) else {
            return nil
        }
        self.seed = seed
        publicKey = Self.publicKey(of: key)
    }

    /// The signature of a message: 64 bytes; nil if the cryptographic library fails.
    func signature(of message: [UInt8]) -> [UInt8]? {
        guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: seed),
            let signature = try? key.signature(for: message)
        else { return nil }
        return Array(signature)
    }

    private static func publicKey(of key: Curve25519.Signing.PrivateKey) -> AuditPublicKey {
        guard let publicKey = AuditPublicKey(bytes: Array(key.publicKey.rawRepresentation)) else {
            preconditionFailure("a public key of Ed25519 has 32 bytes")
        }
        return publicKey
    }
}
