internal import Cryptography

/// What binds an authorization code to whoever asked for it (PKCE, RFC 7636), by SHA-256 alone: OAuth 2.1 knows the
/// method `plain` no more.
public struct ProofKey: Sendable, Hashable {
    /// 43 characters of Base64url: SHA-256 of the verifier.
    public let challenge: String

    /// A challenge of method `S256`; nil if it cannot be one.
    public init?(challenge: String) {
        guard challenge.utf8.count == 43, challenge.utf8.allSatisfy(Self.isUnreserved) else {
            return nil
        }
        self.challenge = challenge
    }

    /// Whether `verifier` is what the challenge was made of. Verifiers have 43 to 128 unreserved characters.
    public func isMet(by verifier: String) -> Bool {
        guard (43...128).contains(verifier.utf8.count), verifier.utf8.allSatisfy(Self.isUnreserved)
        else { return false }
        let encoded = Base64URL.encode(SHA256.hash(Array(verifier.utf8)).bytes)
        return constantTimeEqual(Array(encoded.utf8), Array(challenge.utf8))
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x41...0x5a, 0x61...0x7a, 0x30...0x39, 0x2d, 0x2e, 0x5f, 0x7e: true
        default: false
        }
    }
}
