internal import CSodium

/// A secret key that turns identifiers into tokens, so that they can be compared without being known:
/// SipHash-2-4 (Aumasson, Bernstein 2012), a keyed pseudo-random function of 64 bits.
public struct TokenKey: Sendable {
    private let bytes: [UInt8]

    /// A key from 16 secret bytes; nil unless there are exactly 16.
    public init?(bytes: [UInt8]) {
        guard bytes.count == Int(crypto_shorthash_KEYBYTES) else { return nil }
        Sodium.ready
        self.bytes = bytes
    }

    /// The token of `identifier`; never 0, which stands for "none".
    public func token(of identifier: some StringProtocol) -> UInt64 {
        var output = [UInt8](repeating: 0, count: Int(crypto_shorthash_BYTES))
        var text = Array(identifier.utf8)
        _ = crypto_shorthash(&output, &text, UInt64(text.count), bytes)
        let token = output.withUnsafeBytes {
            UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self))
        }
        return token == 0 ? 1 : token
    }
}

/// Bytes nobody can predict, from the operating system.
public func randomBytes(_ count: Int) -> [UInt8] {
    Sodium.ready
    var bytes = [UInt8](repeating: 0, count: count)
    randombytes_buf(&bytes, count)
    return bytes
}

/// Whether two secrets are equal, in a time that does not tell where they differ.
public func constantTimeEqual(_ first: [UInt8], _ second: [UInt8]) -> Bool {
    guard first.count == second.count else { return false }
    return sodium_memcmp(first, second, first.count) == 0
}
