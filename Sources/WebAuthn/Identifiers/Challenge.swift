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
    public func matches(_ others: [UInt8]) -> Bool { equalInConstantTime(bytes, others) }
}

/// Whether all bytes are equal; only their count shows in the time it takes.
func equalInConstantTime(_ first: [UInt8], _ second: [UInt8]) -> Bool {
    guard first.count == second.count else { return false }
    return zip(first, second).reduce(0 as UInt8) { $0 | ($1.0 ^ $1.1) } == 0
}
