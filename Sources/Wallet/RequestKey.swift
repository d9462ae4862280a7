internal import Cryptography
internal import EventLog
public import Ledger

extension IdempotencyKey {
    /// The digests of a request: `scope` is the credential's identity; a key means nothing under another.
    public init(scope: String, key: String, method: String, path: String, body: [UInt8]) {
        self.init(
            key: Self.digest([Array(scope.utf8), Array(key.utf8)]),
            request: Self.digest([Array(method.utf8), Array(path.utf8), body]))
    }

    private static func digest(_ parts: [[UInt8]]) -> TransferID {
        var hash = SHA256()
        for part in parts {
            hash.update(withUnsafeBytes(of: UInt64(part.count).littleEndian, Array.init))
            hash.update(part)
        }
        let bytes = hash.finalize().bytes
        return bytes.withUnsafeBytes { raw in
            TransferID(
                high: UInt64(bigEndian: raw.loadUnaligned(as: UInt64.self)),
                low: UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
        }
    }
}
