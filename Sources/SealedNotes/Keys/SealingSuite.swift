internal import Crypto

/// How a device's key is used: a suite of HPKE (RFC 9180, section 7), all with HKDF-SHA256.
public enum SealingSuite: UInt8, Sendable, Hashable, CaseIterable {
    /// DHKEM(X25519, HKDF-SHA256), AES-256-GCM.
    case x25519AES256GCM = 1
    /// DHKEM(X25519, HKDF-SHA256), ChaCha20-Poly1305.
    case x25519ChaCha20Poly1305 = 2
    /// DHKEM(P-256, HKDF-SHA256), AES-256-GCM.
    case p256AES256GCM = 3
    /// DHKEM(P-256, HKDF-SHA256), ChaCha20-Poly1305.
    case p256ChaCha20Poly1305 = 4

    /// The group that a key is of. A note can only be sealed from one key to another of the same.
    public enum Curve: UInt8, Sendable, Hashable, CaseIterable {
        /// RFC 7748.
        case x25519 = 1
        /// NIST SP 800-186; what secure elements have.
        case p256 = 2
    }

    /// The suite's curve.
    public var curve: Curve {
        switch self {
        case .x25519AES256GCM, .x25519ChaCha20Poly1305: .x25519
        case .p256AES256GCM, .p256ChaCha20Poly1305: .p256
        }
    }

    /// Name in JSON.
    public var name: String {
        switch self {
        case .x25519AES256GCM: "X25519-SHA256-AES256GCM"
        case .x25519ChaCha20Poly1305: "X25519-SHA256-CHACHA20POLY1305"
        case .p256AES256GCM: "P256-SHA256-AES256GCM"
        case .p256ChaCha20Poly1305: "P256-SHA256-CHACHA20POLY1305"
        }
    }

    /// The suite of a name; nil if there is none.
    public init?(name: some StringProtocol) {
        guard let suite = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = suite
    }

    /// Length of a public key and of an encapsulated one, Npk and Nenc: 32 bytes, or 65 of an uncompressed point.
    public var publicKeyBytes: Int { curve == .x25519 ? 32 : 65 }

    /// Length of a private key, Nsk.
    static let privateKeyBytes = 32

    var hpke: HPKE.Ciphersuite {
        let (kem, aead): (HPKE.KEM, HPKE.AEAD) =
            switch self {
            case .x25519AES256GCM: (.Curve25519_HKDF_SHA256, .AES_GCM_256)
            case .x25519ChaCha20Poly1305: (.Curve25519_HKDF_SHA256, .chaChaPoly)
            case .p256AES256GCM: (.P256_HKDF_SHA256, .AES_GCM_256)
            case .p256ChaCha20Poly1305: (.P256_HKDF_SHA256, .chaChaPoly)
            }
        return HPKE.Ciphersuite(kem: kem, kdf: .HKDF_SHA256, aead: aead)
    }
}
