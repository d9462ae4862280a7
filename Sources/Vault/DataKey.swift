internal import Crypto
internal import Cryptography
internal import Foundation

/// A key under which one person's data is sealed: AES-256-GCM (NIST SP 800-38D) with random nonces of 96 bits. Whoever
/// destroys it destroys what was sealed.
public struct DataKey: Sendable {
    private let key: SymmetricKey

    var bytes: [UInt8] { key.withUnsafeBytes { Array($0) } }

    /// A new key nobody knows.
    public init() { key = SymmetricKey(data: randomBytes(32)) }

    init(bytes: [UInt8]) throws(VaultError) {
        guard bytes.count == 32 else { throw .malformedKey("a data key") }
        key = SymmetricKey(data: bytes)
    }

    /// Nonce, ciphertext and tag of `plain`.
    ///
    /// - Parameter field: what it is; it opens as nothing else, so that what was sealed cannot be put elsewhere.
    public func seal(_ plain: [UInt8], as field: String) -> [UInt8] {
        Self.seal(plain, under: key, authenticating: Array(field.utf8))
    }

    /// What was sealed as `field`.
    public func open(_ sealed: [UInt8], as field: String) throws(VaultError) -> [UInt8] {
        guard let plain = Self.open(sealed, under: key, authenticating: Array(field.utf8)) else {
            throw .notOurs(field)
        }
        return plain
    }

    static func seal(
        _ plain: [UInt8], under key: SymmetricKey, authenticating context: [UInt8]
    ) -> [UInt8] {
        guard
            let box = try? AES.GCM.seal(plain, using: key, authenticating: context),
            let combined = box.combined
        else { preconditionFailure("AES-GCM cannot fail with a key and a nonce of its own sizes") }
        return [UInt8](combined)
    }

    static func open(
        _ sealed: [UInt8], under key: SymmetricKey, authenticating context: [UInt8]
    ) -> [UInt8]? {
        guard let box = try? AES.GCM.SealedBox(combined: sealed),
            let plain = try? AES.GCM.open(box, using: key, authenticating: context)
        else { return nil }
        return [UInt8](plain)
    }
}
