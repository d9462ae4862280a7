internal import Crypto
internal import Cryptography
internal import EventLog

/// The key by which push services know this one (RFC 8292), and to which browsers bind their subscriptions.
public struct VAPIDKey: Sendable {
    private let key: P256.Signing.PrivateKey
    /// Where the operators are reached: a `mailto:` or `https:` URL.
    private let subject: String

    /// How long a token holds, in seconds; at most a day (section 2).
    static let lifeSeconds: Int64 = 12 * 3_600

    /// - Parameters:
    ///   - pem: A private key of P-256, in PEM.
    ///   - subject: A `mailto:` or `https:` URL at which the operators are reached.
    public init(pem: String, subject: String) throws(NoticeError) {
        guard let key = try? P256.Signing.PrivateKey(pemRepresentation: pem) else {
            throw .malformedKey("the VAPID key is a private key of P-256 in PEM")
        }
        guard subject.hasPrefix("mailto:") || subject.hasPrefix("https:") else {
            throw .malformedKey("the VAPID subject is a mailto: or https: URL")
        }
        self.key = key
        self.subject = subject
    }

    /// What browsers subscribe with (`applicationServerKey`): the public key, uncompressed, in Base64url.
    public var applicationServerKey: String {
        Base64URL.encode(key.publicKey.x963Representation)
    }

    private struct Claims: Encodable {
        let aud: String
        let exp: Int64
        let sub: String
    }

    /// The value of `Authorization` for a push service (section 3).
    func authorization(for origin: WebOrigin, at now: Timestamp) -> String? {
        let claims = Claims(
            aud: origin.text, exp: now.rawValue / 1_000_000 + Self.lifeSeconds, sub: subject)
        let token = SignedToken.make(header: ["typ": "JWT", "alg": "ES256"], claims: claims) {
            (try? key.signature(for: $0)).map { [UInt8]($0.rawRepresentation) }
        }
        return token.map { "vapid t=\($0), k=\(applicationServerKey)" }
    }
}
