internal import Cryptography

/// Bytes that an authenticator signs once, so that its answer cannot be replayed (WebAuthn
/// Level 2, section 13.4.3): unpredictable, or derived from something that is.
public struct Challenge: Sendable {
    /// 16 to 64 bytes.
    public let bytes: [UInt8]

    /// A challenge of the caller's random bytes, at least 16 as the standard asks and at most 64.
    ///
    /// - Throws: `invalid_challenge` for another count.
    public init(_ bytes: [UInt8]) throws(WebAuthnError) {
        guard (16...64).contains(bytes.count) else {
            throw WebAuthnError(
                .invalidChallenge, "a challenge has 16 to 64 bytes, not \(bytes.count)")
        }
        self.bytes = bytes
    }

    init(digest: [UInt8]) { bytes = digest }

    /// Whether `others` are the same bytes, in a time that does not tell where they differ.
    public func matches(_ others: [UInt8]) -> Bool { constantTimeEqual(bytes, others) }
}
