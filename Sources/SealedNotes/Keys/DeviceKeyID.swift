public import Cryptography

/// Stands for a public key: SHA-256 of the label `holdfast.device-key.v1`, the suite's byte and the key's bytes.
public struct DeviceKeyID: Sendable, Hashable, CustomStringConvertible {
    /// The digest.
    public let digest: SHA256Digest

    init(_ digest: SHA256Digest) { self.digest = digest }

    var bytes: [UInt8] { digest.bytes }

    /// 43 characters of base64url.
    public var description: String { Base64URL.encode(digest.bytes) }
}
