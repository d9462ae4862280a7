internal import Crypto
internal import CryptoExtras
internal import EventLog

/// A service account of Google's, by which FCM knows this service (RFC 7523).
public struct FCMAccount: Sendable {
    /// The project whose applications it sends to.
    public let project: String
    let tokenEndpoint: String
    private let email: String
    private let keyID: String
    private let key: _RSA.Signing.PrivateKey

    /// How long an assertion holds, in seconds; at most an hour.
    private static let lifeSeconds: Int64 = 3_600
    private static let scope = "https://www.googleapis.com/auth/firebase.messaging"

    private struct File: Decodable {
        let projectId: String
        let privateKeyId: String
        let privateKey: String
        let clientEmail: String
        let tokenUri: String
    }

    /// - Parameter json: The account's key as Google hands it out, in JSON.
    public init(json: [UInt8]) throws(NoticeError) {
        guard let file = JSONText.decode(File.self, json) else {
            throw .malformedKey(
                "the FCM account is JSON with project_id, private_key_id, private_key, "
                    + "client_email and token_uri")
        }
        let isName = file.projectId.utf8.allSatisfy {
            (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2d
        }
        guard isName, !file.projectId.isEmpty else {
            throw .malformedKey("an FCM project's name has small letters, digits and hyphens")
        }
        guard let key = try? _RSA.Signing.PrivateKey(pemRepresentation: file.privateKey) else {
            throw .malformedKey("the FCM account's private_key is an RSA key in PEM")
        }
        project = file.projectId
        tokenEndpoint = file.tokenUri
        email = file.clientEmail
        keyID = file.privateKeyId
        self.key = key
    }

    private struct Claims: Encodable {
        let iss: String
        let scope: String
        let aud: String
        let iat: Int64
        let exp: Int64
    }

    /// What is exchanged for an access token.
    func assertion(at now: Timestamp) -> String? {
        let seconds = now.rawValue / 1_000_000
        return SignedToken.make(
            header: ["typ": "JWT", "alg": "RS256", "kid": keyID],
            claims: Claims(
                iss: email, scope: Self.scope, aud: tokenEndpoint, iat: seconds,
                exp: seconds + Self.lifeSeconds)
        ) {
            let signature = try? key.signature(
                for: Crypto.SHA256.hash(data: $0), padding: .insecurePKCS1v1_5)
            return signature.map { [UInt8]($0.rawRepresentation) }
        }
    }
}
