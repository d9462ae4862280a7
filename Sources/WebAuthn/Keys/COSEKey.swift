internal import Crypto
internal import CryptoExtras

/// A credential's public key, as a COSE key (RFC 9052, section 7; WebAuthn Level 2, section
/// 6.5.1), checked and ready to verify signatures.
public struct COSEKey: Sendable {
    /// What its signatures are made with.
    public let algorithm: Algorithm
    /// The key as the authenticator wrote it: what is stored, and read again by ``init(_:)``.
    public let bytes: [UInt8]
    private let material: Material

    /// How signatures are made, by COSE's number.
    public enum Algorithm: Int64, Sendable, CaseIterable {
        /// ES256: ECDSA with SHA-256 (RFC 9053, section 2.1), here on the curve P-256 only
        /// (WebAuthn Level 2, section 5.8.5).
        case es256 = -7
        /// EdDSA (RFC 9053, section 2.2), here on the curve Ed25519 only.
        case eddsa = -8
        /// RS256: RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8812, section 2).
        case rs256 = -257
    }

    enum Material: Sendable {
        case p256(P256.Signing.PublicKey)
        case ed25519(Curve25519.Signing.PublicKey)
        case rsa(_RSA.Signing.PublicKey)
    }

    /// A key from its CBOR.
    ///
    /// Such a key has exactly the parameters that its type requires, and `alg`. An Ed25519 key
    /// that is no point of its curve is accepted, but no signature is valid under it.
    ///
    /// - Throws: `malformed_cbor`, `duplicate_cbor_key` or `cbor_too_deep` if it is no CBOR;
    ///   `malformed_key`, `unsupported_key`, `invalid_point`, `wrong_key_size` or `weak_key` if it
    ///   is no usable key.
    public init(_ bytes: [UInt8]) throws(WebAuthnError) {
        try self.init(CBOR.decode(bytes), bytes: bytes)
    }

    /// A key from what its CBOR says.
    init(_ value: CBOR, bytes: [UInt8]) throws(WebAuthnError) {
        (algorithm, material) = try COSEParameters(value).key()
        self.bytes = bytes
    }

    /// Whether `signature` is this key's over `message`, in the form of WebAuthn Level 2, section
    /// 6.5.5: DER for ES256, 64 bytes for EdDSA, as long as the modulus for RS256. False too if it
    /// does not have that form.
    public func isValid(signature: [UInt8], for message: [UInt8]) -> Bool {
        switch material {
        case .p256(let key):
            guard let signature = try? P256.Signing.ECDSASignature(derRepresentation: signature)
            else { return false }
            return key.isValidSignature(signature, for: message)
        case .ed25519(let key): return key.isValidSignature(signature, for: message)
        case .rsa(let key):
            return key.isValidSignature(
                _RSA.Signing.RSASignature(rawRepresentation: signature),
                for: SHA256.hash(data: message),
                padding: .insecurePKCS1v1_5)
        }
    }
}

extension COSEKey: Hashable {
    /// Whether both were written with the same bytes.
    public static func == (first: COSEKey, second: COSEKey) -> Bool { first.bytes == second.bytes }

    /// Hashes the bytes.
    public func hash(into hasher: inout Hasher) { hasher.combine(bytes) }
}
