import Cryptography
import Foundation
import Testing
import WebAuthn

@testable import TestAuthenticator

@Suite struct ResponseTests {
    @Test(arguments: SoftwareKey.all)
    func `what a browser makes of a credential is read and accepted`(_ key: SoftwareKey) throws {
        let authenticator = SoftwareAuthenticator(key: key)
        let registration = try RegistrationResponse(
            json: Array(authenticator.registrationJSON().utf8))
        let credential = try TestParty.party.verify(
            registration: registration, challenge: TestParty.challenge,
            requiresUserVerification: true)
        #expect(credential.transports == ["internal", "hybrid"])
        let assertion = try AuthenticationResponse(
            json: Array(SoftwareAuthenticator(key: key, signCount: 8).assertionJSON().utf8))
        #expect(assertion.userHandle == TestParty.owner)
        _ = try TestParty.party.verify(
            assertion: assertion, challenge: TestParty.challenge, credential: credential,
            expectedUserHandle: TestParty.owner, requiresUserVerification: true)
    }

    @Test func `a user handle that is null, left out or empty is none`() throws {
        let text = try SoftwareAuthenticator(userHandle: nil).assertionJSON()
        for other in [
            text, text.replacingOccurrences(of: ",\"userHandle\":null", with: ""),
            text.replacingOccurrences(of: "\"userHandle\":null", with: "\"userHandle\":\"\""),
        ] {
            #expect(try AuthenticationResponse(json: Array(other.utf8)).userHandle == nil)
        }
    }

    /// A good response, with one text in it replaced by another.
    private static func changed(
        _ code: WebAuthnError.Code, _ part: String, _ other: String, isAssertion: Bool = false
    ) -> Refusal {
        Refusal(code, "\(other.prefix(40)) for \(part)") {
            let authenticator = SoftwareAuthenticator()
            let text =
                try isAssertion ? authenticator.assertionJSON() : authenticator.registrationJSON()
            try #require(text.contains(part))
            let bytes = Array(text.replacingOccurrences(of: part, with: other).utf8)
            if isAssertion {
                _ = try AuthenticationResponse(json: bytes)
            } else {
                _ = try RegistrationResponse(json: bytes)
            }
        }
    }

    private static let id = Base64URL.encode(SoftwareAuthenticator().credentialID)

    static let refusals: [Refusal] = [
        changed(.mismatchedID, "\"rawId\":\"\(id)\"", "\"rawId\":\"AQID\""),
        changed(.mismatchedID, "\"id\":\"\(id)\"", "\"id\":\"AQID\"", isAssertion: true),
        changed(.malformedBase64URL, "\"id\":\"\(id)\"", "\"id\":\"\(id)=\""),
        changed(.malformedBase64URL, "\"rawId\":\"\(id)\"", "\"rawId\":\"\(id)=\""),
        changed(.invalidCredentialID, id, ""),
        changed(
            .invalidCredentialID, id, Base64URL.encode([UInt8](repeating: 0, count: 1_024))),
        changed(.malformedResponse, "\"rawId\"", "\"rawID\""),
        changed(.malformedResponse, "\"id\":\"\(id)\"", "\"id\":7"),
        changed(.malformedResponse, "\"type\":\"public-key\",", ""),
        changed(.wrongCredentialType, "public-key", "password"),
        changed(.malformedResponse, "\"response\":{", "\"answer\":{"),
        changed(.malformedResponse, "\"attestationObject\":", "\"other\":"),
        changed(.malformedResponse, "\"clientDataJSON\":", "\"other\":"),
        changed(.malformedResponse, "[\"internal\",\"hybrid\"]", "\"internal\""),
        changed(.malformedResponse, "\"hybrid\"", "7"),
        changed(.malformedResponse, "hybrid", String(repeating: "x", count: 33)),
        changed(
            .malformedResponse, "\"hybrid\"",
            [String](repeating: "\"x\"", count: 16).joined(separator: ",")),
        changed(.malformedJSON, "\"type\":", "\"id\":"),
        changed(.tooLong, "platform", String(repeating: "x", count: 65_536)),
        changed(.malformedResponse, "\"signature\":", "\"other\":", isAssertion: true),
        changed(.malformedResponse, "\"authenticatorData\":", "\"other\":", isAssertion: true),
        changed(
            .malformedResponse, "\"userHandle\":\"YWNjb3VudCA3\"", "\"userHandle\":7",
            isAssertion: true),
        changed(
            .invalidUser, "YWNjb3VudCA3", Base64URL.encode([UInt8](repeating: 0, count: 65)),
            isAssertion: true),
        Refusal(.malformedResponse, "a list") { _ = try RegistrationResponse(json: [0x5b, 0x5d]) },
        Refusal(.tooLong, "client data") {
            _ = try RegistrationResponse(
                id: CredentialID([1]), clientDataJSON: [UInt8](repeating: 0x20, count: 65_537),
                attestationObject: [])
        },
        Refusal(.tooLong, "a signature") {
            _ = try AuthenticationResponse(
                id: CredentialID([1]), clientDataJSON: [], authenticatorData: [],
                signature: [UInt8](repeating: 0, count: 65_537), userHandle: nil)
        },
    ]

    @Test(arguments: refusals) func `a response that is not whole, or not one, is refused`(
        _ refusal: Refusal
    ) {
        refusal.expect()
    }
}
