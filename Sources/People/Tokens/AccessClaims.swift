public import EventLog
internal import Foundation
public import Identity
internal import JWTKit

/// What an access token says of whoever shows it.
public struct Bearer: Sendable, Equatable {
    /// The person; nil for a program that acts for itself.
    public let person: PersonID?
    /// The program that the token was issued to.
    public let client: String
    /// The session; nil for a program that acts for itself.
    public let session: SessionID?
    /// The device that the session is on; nil for a program that acts for itself.
    public let device: DeviceID?
    /// What the token allows.
    public let scopes: Scopes
    /// Until when it is good.
    public let expiresAt: Timestamp

    init?(_ claims: AccessClaims) {
        guard let scopes = Scopes(claims.scope) else { return nil }
        let session = claims.sid.map { SessionID($0) }
        let person = session == nil ? nil : PersonID(claims.sub.value)
        if claims.sid != nil, session == .some(nil) || person == nil { return nil }
        self.person = person
        client = claims.clientID
        self.session = session ?? nil
        device = claims.did.flatMap { DeviceID($0) }
        self.scopes = scopes
        expiresAt = Timestamp(Int64(claims.exp.value.timeIntervalSince1970 * 1_000_000))
    }
}

/// The claims of an access token (RFC 9068).
struct AccessClaims: JWTPayload {
    var iss: IssuerClaim
    var sub: SubjectClaim
    var aud: AudienceClaim
    var exp: ExpirationClaim
    var iat: IssuedAtClaim
    var jti: IDClaim
    var clientID: String
    var scope: String
    /// The session; not there for a program that acts for itself.
    var sid: String?
    /// The session's device.
    var did: String?
    var authTime: Int?
    var amr: [String]?

    private enum CodingKeys: String, CodingKey {
        case iss, sub, aud, exp, iat, jti, scope, sid, did, amr
        case clientID = "client_id"
        case authTime = "auth_time"
    }

    // Times and names are looked at where the clock and the names are known.
    func verify(using algorithm: some JWTAlgorithm) async throws {
        guard algorithm.name == "ES256" else {
            throw JWTError.claimVerificationFailure(failedClaim: nil, reason: "not signed by ES256")
        }
    }
}
