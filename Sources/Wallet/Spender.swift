internal import Cryptography
public import EventLog

/// Who spends, as limits know them.
public enum Spender {
    /// The owner's own identifier if it is a UUID, as people's are; otherwise the first 128 bits of SHA-256 of a label and
    /// the owner.
    public static func id(of owner: String) -> TransferID {
        if let id = TransferID(owner) { return id }
        let digest = SHA256.hash(Array("holdfast.spender.v1:\(owner)".utf8)).bytes
        func half(_ start: Int) -> UInt64 {
            digest[start..<start + 8].reduce(0) { $0 << 8 | UInt64($1) }
        }
        return TransferID(high: half(0), low: half(8))
    }
}
