internal import Cryptography

/// A secret of 256 random bits that is given to somebody once, and of which only a digest is kept.
public struct SecretToken: Sendable {
    /// What is given away: a prefix that says what it is, and 43 characters of Base64url.
    public let text: String
    /// What is kept.
    public var digest: [UInt8] { Self.digest(text) }

    /// A new one.
    public init(prefix: String) {
        text = prefix + Base64URL.encode(randomBytes(32))
    }

    /// SHA-256 of a token: nothing slower is needed, for nobody guesses 256 bits.
    public static func digest(_ text: some StringProtocol) -> [UInt8] {
        SHA256.hash(Array(text.utf8)).bytes
    }
}
