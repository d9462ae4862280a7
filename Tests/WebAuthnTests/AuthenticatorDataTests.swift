import Crypto
import Testing
import WebAuthn

@testable import TestAuthenticator

@Suite struct AuthenticatorDataTests {
    private typealias Writer = CBORWriter
    private static let extensions = Writer.map([(Writer.text("credProtect"), Writer.integer(2))])

    @Test func `every part is read`() throws {
        var authenticator = SoftwareAuthenticator()
        authenticator.flags = 0x1d
        authenticator.signCount = 0x0102_0304
        authenticator.extensions = Self.extensions
        let data = try AuthenticatorData(authenticator.authenticatorData(attested: true))
        #expect(data.relyingPartyIDHash == Array(SHA256.hash(data: Array("wallet.example".utf8))))
        #expect(
            data.flags == [
                .userPresent, .userVerified, .backupEligible, .backedUp, .attestedCredential,
                .extensions,
            ])
        #expect(data.signCount == 0x0102_0304)
        let made = try #require(data.attestedCredential)
        #expect(made.aaguid.description == "a0a1a2a3-a4a5-a6a7-a8a9-aaabacadaeaf")
        #expect(made.id.bytes == authenticator.credentialID)
        #expect(made.publicKey.bytes == (try authenticator.key.cose()))
        #expect(data.extensions == .map([.text("credProtect"): .integer(2)]))
    }

    @Test func `the least is 37 bytes, and credential ids have up to 1023`() throws {
        var authenticator = SoftwareAuthenticator()
        let least = try authenticator.authenticatorData(attested: false)
        #expect(least.count == 37)
        let data = try AuthenticatorData(least)
        #expect(data.attestedCredential == nil && data.extensions == nil)
        authenticator.credentialID = [UInt8](repeating: 3, count: 1_023)
        let long = try AuthenticatorData(authenticator.authenticatorData(attested: true))
        #expect(long.attestedCredential?.id.bytes.count == 1_023)
    }

    @Test(arguments: SoftwareKey.all)
    func `cut after any byte, they are refused by the part that is missing`(
        _ key: SoftwareKey
    ) throws {
        var authenticator = SoftwareAuthenticator(key: key)
        authenticator.extensions = Self.extensions
        let whole = try authenticator.authenticatorData(attested: true)
        _ = try AuthenticatorData(whole)
        let keyStart = 37 + 18 + authenticator.credentialID.count
        for length in 0..<whole.count {
            let code = Refusal.code { _ = try AuthenticatorData(Array(whole[..<length])) }
            #expect(
                code == (length < keyStart ? .malformedAuthenticatorData : .malformedCBOR),
                "\(length)")
        }
    }

    private static func data(
        _ code: WebAuthnError.Code, _ name: String,
        _ change: @escaping @Sendable (inout SoftwareAuthenticator) throws -> Void
    ) -> Refusal {
        Refusal(code, name) {
            var authenticator = SoftwareAuthenticator()
            try change(&authenticator)
            _ = try AuthenticatorData(authenticator.authenticatorData(attested: true))
        }
    }

    static let refusals: [Refusal] = [
        data(.malformedAuthenticatorData, "a byte left over") { $0.alterData = { $0 + [0] } },
        data(.malformedAuthenticatorData, "extensions without their flag") {
            $0.alterData = { $0 + extensions }
        },
        data(.malformedAuthenticatorData, "a flag of a credential that is not there") {
            $0.namesCredential = false
            $0.flags |= 0x40
        },
        data(.malformedCBOR, "a flag of extensions that are not there") { $0.flags |= 0x80 },
        data(.malformedAuthenticatorData, "a credential without its flag") {
            $0.alterData = { data in
                var data = data
                data[32] &= ~0x40
                return data
            }
        },
        data(.malformedAuthenticatorData, "extensions that are no map") {
            $0.extensions = Writer.array([])
        },
        data(.duplicateCBORKey, "an extension twice") {
            $0.extensions = Writer.map([
                (Writer.text("a"), Writer.integer(1)), (Writer.text("a"), Writer.integer(2)),
            ])
        },
        data(.invalidCredentialID, "an empty credential id") { $0.credentialID = [] },
        data(.invalidCredentialID, "a credential id of 1024 bytes") {
            $0.credentialID = [UInt8](repeating: 1, count: 1_024)
        },
        data(.invalidCredentialID, "a credential id of 65535 bytes that are not there") {
            $0.alterData = { data in
                var data = data
                data.replaceSubrange(53..<55, with: [0xff, 0xff])
                return data
            }
        },
        data(.malformedCBOR, "an indefinite map as key") { $0.toldKey = [0xbf, 0xff] },
        data(.cborTooDeep, "a key of nested arrays") {
            $0.toldKey = [UInt8](repeating: 0x81, count: 1_000)
        },
        data(.malformedKey, "a number as key") { $0.toldKey = [0x07] },
    ]

    @Test(arguments: refusals) func `lengths and flags must agree with the bytes`(
        _ refusal: Refusal
    ) {
        refusal.expect()
    }
}
