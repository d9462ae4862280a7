internal import Crypto
internal import Cryptography
internal import Foundation

/// What a device shows of its key. A server keeps it; it seals, but opens nothing.
public struct DevicePublicKey: Sendable, Hashable {
    /// How it is used.
    public let suite: SealingSuite
    /// 32 bytes (RFC 7748), or an uncompressed point of 65 bytes (SEC 1, section 2.3.3).
    public let raw: [UInt8]

    /// A key from its bytes.
    ///
    /// - Throws: ``SealedNoteError`` unless the bytes are the one encoding of a point with which a secret can be
    ///   agreed on: on the curve, not of small order.
    public init(suite: SealingSuite, raw: [UInt8]) throws(SealedNoteError) {
        guard raw.count == suite.publicKeyBytes else {
            throw .key("it has \(raw.count) bytes, not \(suite.publicKeyBytes)")
        }
        switch suite.curve {
        case .x25519:
            guard Self.isReduced(raw) else { throw .key("its number is not below 2^255 - 19") }
            guard Self.agrees(raw) else { throw .key("it is a point of small order") }
        case .p256:
            guard (try? P256.KeyAgreement.PublicKey(x963Representation: raw)) != nil else {
                throw .key("it is no point of P-256")
            }
        }
        self.suite = suite
        self.raw = raw
    }

    /// A key from its ``bytes``.
    public init(bytes: [UInt8]) throws(SealedNoteError) {
        guard let code = bytes.first, let suite = SealingSuite(rawValue: code) else {
            throw .key("its first byte stands for no suite")
        }
        try self.init(suite: suite, raw: Array(bytes.dropFirst()))
    }

    /// The suite's byte and the key: 33 or 66 bytes.
    public var bytes: [UInt8] { [suite.rawValue] + raw }

    /// Stands for the key.
    public var id: DeviceKeyID {
        DeviceKeyID(SHA256.hash(Array("holdfast.device-key.v1".utf8) + bytes))
    }

    /// Whether little-endian bytes are a number below 2^255 - 19, so that each point has one encoding.
    private static func isReduced(_ bytes: [UInt8]) -> Bool {
        guard let last = bytes.last, last < 0x80 else { return false }
        return !(last == 0x7f && bytes[1..<31].allSatisfy { $0 == 0xff } && bytes[0] >= 0xed)
    }

    /// Whether a secret agreed on with a point is one: points of small order give 0 with every key, which RFC 7748
    /// (section 6.1) and RFC 9180 (section 7.1.4) have checked. swift-crypto does not check it.
    private static func agrees(_ raw: [UInt8]) -> Bool {
        let probe = Curve25519.KeyAgreement.PrivateKey()
        guard let key = try? Curve25519.KeyAgreement.PublicKey(rawRepresentation: raw),
            let secret = try? probe.sharedSecretFromKeyAgreement(with: key)
        else { return false }
        return secret.withUnsafeBytes { $0.contains { $0 != 0 } }
    }

    private typealias SHA256 = Cryptography.SHA256
}

extension DevicePublicKey: Codable {
    private enum CodingKeys: String, CodingKey { case suite, key }

    /// From `{"suite": name, "key": base64url}`; the key is checked as in ``init(suite:raw:)``.
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        guard let suite = SealingSuite(name: try fields.decode(String.self, forKey: .suite)) else {
            throw SealedNoteError.key("its suite is not one of those there are")
        }
        guard let raw = Base64URL.decode(try fields.decode(String.self, forKey: .key)) else {
            throw SealedNoteError.key("it is not base64url without padding")
        }
        try self.init(suite: suite, raw: raw)
    }

    /// To `{"suite": name, "key": base64url}`.
    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(suite.name, forKey: .suite)
        try fields.encode(Base64URL.encode(raw), forKey: .key)
    }
}
