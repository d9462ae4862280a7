internal import Crypto
internal import Cryptography
internal import EventLog

/// The key by which APNs knows this service, and the tokens it signs (Apple, "Establishing a token-based connection to
/// APNs").
public struct APNsKey: Sendable {
    private let key: P256.Signing.PrivateKey
    private let id: String
    private let team: String

    /// APNs takes a token for an hour, and new ones not oftener than every 20 minutes.
    static let renewSeconds: Int64 = 40 * 60
    /// The shortest time between two tokens.
    static let shortestSeconds: Int64 = 20 * 60

    /// - Parameters:
    ///   - pem: A private key of P-256, in PEM: the `.p8` file.
    ///   - id: The key's identifier, ten letters and digits.
    ///   - team: The team's identifier, ten letters and digits.
    public init(pem: String, id: String, team: String) throws(NoticeError) {
        guard let key = try? P256.Signing.PrivateKey(pemRepresentation: pem) else {
            throw .malformedKey("the APNs key is a private key of P-256 in PEM")
        }
        for text in [id, team] {
            let isName = text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
            guard text.utf8.count == 10, isName else {
                throw .malformedKey("key and team of APNs have ten letters and digits each")
            }
        }
        self.key = key
        self.id = id
        self.team = team
    }

    private struct Claims: Encodable {
        let iss: String
        let iat: Int64
    }

    /// A provider authentication token.
    func token(at now: Timestamp) -> String? {
        SignedToken.make(
            header: ["alg": "ES256", "kid": id],
            claims: Claims(iss: team, iat: now.rawValue / 1_000_000)
        ) { (try? key.signature(for: $0)).map { [UInt8]($0.rawRepresentation) } }
    }
}
