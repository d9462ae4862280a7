import Testing
import WebAuthn

@testable import TestAuthenticator

@Suite struct RegistrationTests {
    private typealias Writer = CBORWriter

    @Test(arguments: SoftwareKey.all, [false, true])
    func `a credential of each algorithm is registered, with and without its own attestation`(
        _ key: SoftwareKey, isAttested: Bool
    ) throws {
        var authenticator = SoftwareAuthenticator(key: key)
        authenticator.attestation = isAttested ? .selfSigned : .none
        authenticator.flags = 0x1d
        authenticator.extensions = Writer.map([(Writer.text("credProtect"), Writer.integer(3))])
        let credential = try TestParty.register(authenticator)
        #expect(credential.id.bytes == authenticator.credentialID)
        #expect(credential.publicKey.bytes == (try key.cose()))
        #expect(credential.signCount == 7 && credential.aaguid.bytes == authenticator.aaguid)
        #expect(credential.isBackupEligible && credential.isBackedUp)
        #expect(credential.transports == ["internal", "hybrid"])
        #expect(credential.descriptor.id == credential.id)
    }

    @Test func `any of the origins will do, and verification only where it is required`() throws {
        var authenticator = SoftwareAuthenticator()
        authenticator.origin = "https://app.wallet.example:8443"
        authenticator.clientExtras = ""
        authenticator.flags = 0x01
        _ = try TestParty.party.verify(
            registration: authenticator.register(), challenge: TestParty.challenge,
            requiresUserVerification: false)
    }

    @Test func `the attestation object's members may stand in any order`() throws {
        var authenticator = SoftwareAuthenticator()
        let data = try authenticator.authenticatorData(attested: true)
        authenticator.alterObject = { _ in
            Writer.map([
                (Writer.text("authData"), Writer.bytes(data)),
                (Writer.text("fmt"), Writer.text("none")),
                (Writer.text("attStmt"), Writer.map([])),
            ])
        }
        _ = try TestParty.register(authenticator)
    }

    private static func packed(_ entries: [(String, [UInt8])]) -> SoftwareAuthenticator.Attestation
    {
        .other("packed", Writer.map(entries.map { (Writer.text($0.0), $0.1) }))
    }

    static let refusals =
        CeremonyRefusals.refusals([
            (.wrongType, "the type of a signature", { $0.type = "webauthn.get" }),
            (
                .malformedAuthenticatorData, "no new credential", { $0.namesCredential = false }
            ),
            (
                .unsupportedAttestation, "a security key of U2F",
                { $0.attestation = .other("fido-u2f", Writer.map([])) }
            ),
            (
                .unsupportedAttestation, "an unknown format",
                { $0.attestation = .other("None", Writer.map([])) }
            ),
            (
                .malformedAttestation, "a statement where there is none",
                { $0.attestation = .other("none", Writer.map([(Writer.text("a"), [0xf5])])) }
            ),
            (
                .malformedAttestation, "a statement that is no map",
                { $0.attestation = .other("none", Writer.array([])) }
            ),
            (
                .malformedAttestation, "no attestation object",
                { $0.alterObject = { _ in Writer.map([]) } }
            ),
            (
                .malformedAttestation, "a list for an attestation object",
                { $0.alterObject = { _ in Writer.array([]) } }
            ),
            (
                .duplicateCBORKey, "the format twice",
                {
                    $0.alterObject = { object in
                        [0xa4] + object.dropFirst() + Writer.text("fmt") + Writer.text("none")
                    }
                }
            ),
            (.malformedCBOR, "bytes after the object", { $0.alterObject = { $0 + [0xf6] } }),
            (
                .certifiedAttestation, "certificates",
                {
                    $0.attestation = packed([
                        ("alg", Writer.integer(-7)), ("sig", Writer.bytes([1])),
                        ("x5c", Writer.array([Writer.bytes([0x30])])),
                    ])
                }
            ),
            (
                .malformedAttestation, "no signature",
                { $0.attestation = packed([("alg", Writer.integer(-7))]) }
            ),
            (
                .malformedAttestation, "no algorithm",
                { $0.attestation = packed([("sig", Writer.bytes([1]))]) }
            ),
            (
                .malformedAttestation, "a key of ECDAA",
                {
                    $0.attestation = packed([
                        ("alg", Writer.integer(-7)), ("sig", Writer.bytes([1])),
                        ("ecdaaKeyId", Writer.bytes([1])),
                    ])
                }
            ),
            (
                .algorithmMismatch, "another algorithm than the key's",
                {
                    $0.attestation = packed([
                        ("alg", Writer.integer(-257)), ("sig", Writer.bytes([1])),
                    ])
                }
            ),
            (
                .wrongSignature, "an attestation by another key",
                {
                    $0.attestation = .selfSigned
                    $0.toldKey = try SoftwareKey.ecdsa(.init()).cose()
                }
            ),
            (
                .wrongSignature, "a flipped bit of the attestation",
                {
                    $0.attestation = .selfSigned
                    $0.alterSignature = { $0.dropLast() + [($0.last ?? 0) ^ 1] }
                }
            ),
            (.unsupportedKey, "another curve", { $0.toldKey = try $0.key.cose([-1: [0x02]]) }),
            (
                .invalidPoint, "a key that is no point",
                {
                    $0.toldKey = try $0.key.cose([
                        -3: Writer.bytes([UInt8](repeating: 1, count: 32))
                    ])
                }
            ),
            (
                .malformedKey, "RS256 with a curve's key",
                { $0.toldKey = try $0.key.cose([3: Writer.integer(-257)]) }
            ),
        ]) { _ = try TestParty.register($0) } + [
            Refusal(.algorithmNotOffered, "RS256") {
                _ = try TestParty.register(
                    SoftwareAuthenticator(key: .rsa), algorithms: [.es256, .eddsa])
            },
            Refusal(.mismatchedID, "an id that the authenticator did not tell") {
                let response = try SoftwareAuthenticator().register()
                _ = try TestParty.party.verify(
                    registration: RegistrationResponse(
                        id: CredentialID([1, 2, 3]), clientDataJSON: response.clientDataJSON,
                        attestationObject: response.attestationObject),
                    challenge: TestParty.challenge, requiresUserVerification: true)
            },
        ]

    @Test(arguments: refusals) func `each deviation is refused by its name`(_ refusal: Refusal) {
        refusal.expect()
    }

    @Test(arguments: SoftwareKey.all)
    func `an attestation object cut after any byte is refused`(_ key: SoftwareKey) throws {
        var authenticator = SoftwareAuthenticator(key: key)
        authenticator.attestation = .selfSigned
        let response = try authenticator.register()
        for length in 0..<response.attestationObject.count {
            let code = Refusal.code {
                _ = try TestParty.party.verify(
                    registration: RegistrationResponse(
                        id: response.id, clientDataJSON: response.clientDataJSON,
                        attestationObject: Array(response.attestationObject[..<length])),
                    challenge: TestParty.challenge, requiresUserVerification: true)
            }
            #expect(code == .malformedCBOR, "\(length)")
        }
    }

    @Test func `with any bit of the attestation object flipped nothing traps`() throws {
        var authenticator = SoftwareAuthenticator()
        authenticator.attestation = .selfSigned
        let response = try authenticator.register()
        for bit in 0..<response.attestationObject.count * 8 {
            var object = response.attestationObject
            object[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: WebAuthnError.self, "bit \(bit)") {
                try TestParty.party.verify(
                    registration: RegistrationResponse(
                        id: response.id, clientDataJSON: response.clientDataJSON,
                        attestationObject: object),
                    challenge: TestParty.challenge, requiresUserVerification: true)
            }
        }
    }
}
