import Testing
import WebAuthn

@testable import TestAuthenticator

@Suite struct AssertionTests {
    @Test(arguments: SoftwareKey.all)
    func `a signature by a credential of each algorithm is accepted`(_ key: SoftwareKey) throws {
        let authenticator = SoftwareAuthenticator(key: key)
        let assertion = try TestParty.assert(authenticator, requiresUserHandle: true)
        #expect(assertion.isUserVerified && assertion.credential.signCount == 7)
        let stored = try TestParty.stored(authenticator, signCount: 7)
        #expect(assertion.credential == stored)
    }

    @Test func `a credential that was registered signs again and again`() throws {
        var authenticator = SoftwareAuthenticator()
        authenticator.attestation = .selfSigned
        authenticator.flags |= 0x08
        var credential = try TestParty.register(authenticator)
        #expect(!credential.isBackedUp)
        for count in UInt32(8)..<12 {
            authenticator.signCount = count
            authenticator.flags ^= 0x10
            credential = try TestParty.assert(authenticator, stored: credential).credential
            #expect(credential.signCount == count)
            #expect(credential.isBackedUp == (count % 2 == 0))
        }
    }

    @Test func `without a user handle, or with extensions, it is accepted too`() throws {
        var authenticator = SoftwareAuthenticator()
        authenticator.userHandle = nil
        authenticator.extensions = CBORWriter.map([(CBORWriter.text("uvm"), [0x80])])
        _ = try TestParty.assert(authenticator)
    }

    @Test func `verification is asked for only where it is required`() throws {
        let authenticator = SoftwareAuthenticator(flags: 0x01)
        let assertion = try TestParty.party.verify(
            assertion: authenticator.assert(), challenge: TestParty.challenge,
            credential: TestParty.stored(authenticator), expectedUserHandle: TestParty.owner,
            requiresUserVerification: false)
        #expect(!assertion.isUserVerified)
    }

    @Test(
        arguments: [
            (0, 0, true), (0, 1, true), (6, 7, true), (6, 1_000, true), (0, .max, true),
            (.max - 1, .max, true), (7, 7, false), (8, 7, false), (7, 0, false), (.max, 0, false),
            (.max, .max, false),
        ] as [(UInt32, UInt32, Bool)])
    func `the counter has to grow, unless the authenticator does not count`(
        before: UInt32, now: UInt32, isAccepted: Bool
    ) throws {
        let authenticator = SoftwareAuthenticator(signCount: now)
        let code = Refusal.code {
            _ = try TestParty.assert(
                authenticator, stored: TestParty.stored(authenticator, signCount: before))
        }
        #expect(code == (isAccepted ? nil : .counterWentBack))
    }

    static let refusals =
        CeremonyRefusals.refusals([
            (.wrongType, "the type of a registration", { $0.type = "webauthn.create" }),
            (.wrongUserHandle, "another user", { $0.userHandle = Array("account 8".utf8) }),
            (.counterWentBack, "a counter that stands still", { $0.signCount = 6 }),
            (
                .backupEligibilityChanged, "a credential that may now be backed up",
                { $0.flags |= 0x08 }
            ),
            (.wrongSignature, "no signature", { $0.alterSignature = { _ in [] } }),
            (
                .wrongSignature, "a signature over the client data alone",
                {
                    let key = $0.key
                    let client = $0.clientData("webauthn.get")
                    $0.alterSignature = { _ in (try? key.signature(of: client)) ?? [] }
                }
            ),
        ]) { _ = try TestParty.assert($0) } + [
            Refusal(.missingUserHandle, "nobody's credential") {
                _ = try TestParty.assert(
                    SoftwareAuthenticator(userHandle: nil), requiresUserHandle: true)
            },
            Refusal(.wrongCredential, "another credential") {
                var other = SoftwareAuthenticator()
                other.credentialID = [9]
                _ = try TestParty.assert(
                    SoftwareAuthenticator(), stored: TestParty.stored(other))
            },
            Refusal(.wrongSignature, "another credential's key") {
                let other = SoftwareAuthenticator(key: .ed25519)
                _ = try TestParty.assert(
                    SoftwareAuthenticator(), stored: TestParty.stored(other))
            },
            Refusal(.backupEligibilityChanged, "a credential that may no longer be backed up") {
                let authenticator = SoftwareAuthenticator()
                _ = try TestParty.assert(
                    authenticator,
                    stored: TestParty.stored(authenticator, isBackupEligible: true))
            },
        ]

    @Test(arguments: refusals) func `each deviation is refused by its name`(_ refusal: Refusal) {
        refusal.expect()
    }

    private static func code(
        _ response: AuthenticationResponse, _ credential: RegisteredCredential,
        data: [UInt8]? = nil, signature: [UInt8]? = nil, client: [UInt8]? = nil
    ) -> WebAuthnError.Code? {
        Refusal.code {
            _ = try TestParty.party.verify(
                assertion: AuthenticationResponse(
                    id: response.id, clientDataJSON: client ?? response.clientDataJSON,
                    authenticatorData: data ?? response.authenticatorData,
                    signature: signature ?? response.signature, userHandle: response.userHandle),
                challenge: TestParty.challenge, credential: credential,
                expectedUserHandle: TestParty.owner, requiresUserVerification: true)
        }
    }

    @Test(arguments: SoftwareKey.all)
    func `a flipped bit of the signature, or of what it signs, is noticed`(
        _ key: SoftwareKey
    ) throws {
        let authenticator = SoftwareAuthenticator(key: key)
        let response = try authenticator.assert()
        let credential = try TestParty.stored(authenticator)
        for bit in stride(from: 0, to: response.signature.count * 8, by: 11) {
            var signature = response.signature
            signature[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(Self.code(response, credential, signature: signature) == .wrongSignature)
        }
        for bit in 33 * 8..<37 * 8 {
            var data = response.authenticatorData
            data[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(Self.code(response, credential, data: data) == .wrongSignature)
        }
        let spaced = [0x20] + response.clientDataJSON
        #expect(Self.code(response, credential, client: spaced) == .wrongSignature)
    }

    @Test func `authenticator data cut after any byte are refused`() throws {
        let authenticator = SoftwareAuthenticator()
        let response = try authenticator.assert()
        let credential = try TestParty.stored(authenticator)
        for length in 0..<response.authenticatorData.count {
            let cut = Array(response.authenticatorData[..<length])
            #expect(Self.code(response, credential, data: cut) == .malformedAuthenticatorData)
        }
    }
}
