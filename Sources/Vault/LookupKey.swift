internal import Crypto
internal import Foundation

/// A secret key that turns what people are found by into indexes: HMAC-SHA-256 (RFC 2104). Equal texts of one kind have
/// equal indexes, and who has the indexes but not the key learns nothing else of the texts.
public struct LookupKey: Sendable {
    private let key: SymmetricKey

    /// A key of 32 bytes.
    public init(bytes: [UInt8]) throws(VaultError) {
        guard bytes.count == 32 else { throw .malformedKey("a lookup key") }
        key = SymmetricKey(data: bytes)
    }

    /// 32 bytes that stand for `text`, which is one of `kind`.
    public func index(of text: String, kind: String) -> [UInt8] {
        var code = HMAC<Crypto.SHA256>(key: key)
        code.update(data: Array(kind.utf8))
        code.update(data: [0])
        code.update(data: Array(text.utf8))
        return Array(code.finalize())
    }
}
