public import Cryptography

/// The hash chain over the log: h₀ = 0, hₖ = SHA-256(hₖ₋₁ ‖ payload of batch k). Equal hashes at a sequence mean
/// equal logs up to it.
public struct RunningHash: Hashable, Sendable {
    /// The chain's newest link.
    public var digest: SHA256Digest

    /// The hash with a known digest, as it is stored.
    public init(_ digest: SHA256Digest) { self.digest = digest }

    /// Before the first event.
    public static let start = RunningHash(.zero)

    /// The hash after a further batch, given as it is stored.
    public func adding(payload: [UInt8]) -> RunningHash {
        var hash = SHA256()
        hash.update(digest.bytes)
        hash.update(payload)
        return RunningHash(hash.finalize())
    }
}
