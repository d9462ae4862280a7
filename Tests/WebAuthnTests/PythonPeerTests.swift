import Cryptography
import Foundation
import TestProcesses
import Testing
import WebAuthn

@testable import TestAuthenticator

/// Against the Python packages `webauthn` and `fido2`.
@Suite(.serialized) struct PythonPeerTests {
    private static func run(_ arguments: [String]) async throws -> Data {
        Data(try await PythonPeer("webauthn_responses.py").run(arguments).utf8)
    }

    // MARK: - They judge ours

    private struct Verdict: Decodable {
        let name: String
        let webauthn: String
        let fido2: String
    }

    private static func question(
        _ name: String, _ registering: SoftwareAuthenticator, _ signing: SoftwareAuthenticator
    ) throws -> String {
        let user = try UserEntity(
            handle: TestParty.owner, name: "ana@example.org", displayName: "Ana Ñ")
        let creation = TestParty.party.creationOptions(
            for: user, challenge: TestParty.challenge,
            excluding: [
                CredentialDescriptor(id: try CredentialID([1, 2]), transports: ["usb"])
            ], timeoutMilliseconds: 60_000)
        let request = TestParty.party.requestOptions(
            challenge: TestParty.challenge,
            allowing: [CredentialDescriptor(id: try CredentialID(signing.credentialID))])
        return """
            {"name":"\(name)","rpId":"wallet.example","origin":"https://wallet.example",\
            "challenge":"\(Base64URL.encode(TestParty.challenge.bytes))",\
            "userHandle":"\(Base64URL.encode(TestParty.owner.bytes))",\
            "creationOptions":\(String(decoding: creation.json, as: UTF8.self)),\
            "requestOptions":\(String(decoding: request.json, as: UTF8.self)),\
            "registration":\(try registering.registrationJSON()),\
            "authentication":\(try signing.assertionJSON())}
            """
    }

    @Test func `what our authenticator makes, and no alteration of it, they accept`() async throws {
        let flip: @Sendable ([UInt8]) -> [UInt8] = { $0.dropLast() + [($0.last ?? 0) ^ 1] }
        var questions: [String] = []
        var accepted: Set<String> = []
        for key in SoftwareKey.all {
            for attestation: SoftwareAuthenticator.Attestation in [.none, .selfSigned] {
                var registering = SoftwareAuthenticator(key: key, attestation: attestation)
                registering.extensions = CBORWriter.map([
                    (CBORWriter.text("credProtect"), CBORWriter.integer(2))
                ])
                var signing = SoftwareAuthenticator(key: key, signCount: 8)
                let name = "\(key.algorithm) \(attestation)"
                questions.append(try Self.question(name, registering, signing))
                accepted.insert(name)
                signing.alterSignature = flip
                questions.append(try Self.question(name + " flipped", registering, signing))
                if case .selfSigned = attestation {
                    registering.alterSignature = flip
                    signing.alterSignature = { $0 }
                    questions.append(
                        try Self.question(name + " attestation flipped", registering, signing))
                }
            }
        }
        let file = NSTemporaryDirectory() + "holdfast-webauthn-\(UUID().uuidString).json"
        defer { try? FileManager.default.removeItem(atPath: file) }
        try Data("[\(questions.joined(separator: ","))]".utf8)
            .write(to: URL(fileURLWithPath: file))
        let verdicts = try JSONDecoder().decode(
            [Verdict].self, from: try await Self.run(["judge", file]))
        #expect(verdicts.count == questions.count)
        for verdict in verdicts {
            let expected = accepted.contains(verdict.name)
            #expect((verdict.webauthn == "accepted") == expected, "\(verdict)")
            #expect((verdict.fido2 == "accepted") == expected, "\(verdict)")
        }
    }

    // MARK: - We judge theirs

    private struct Made: Decodable {
        let name: String
        let algorithm: Int64
        let rpId: String
        let origin: String
        let challenge: String
        let userHandle: String
        let publicKey: String
        let signCount: UInt32
        let registration: String
        let authentication: String
    }

    @Test func `what their authenticator makes, and no alteration of it, we accept`() async throws {
        let made = try JSONDecoder().decode([Made].self, from: try await Self.run(["make"]))
        #expect(Set(made.map(\.algorithm)) == [-7, -8, -257] && made.count == 6)
        for one in made {
            let party = try RelyingParty(id: one.rpId, name: "Peer", origins: [one.origin])
            let challenge = try Challenge(try #require(Base64URL.decode(one.challenge)))
            let owner = try UserHandle(try #require(Base64URL.decode(one.userHandle)))
            let registration = try RegistrationResponse(json: Array(one.registration.utf8))
            let credential = try party.verify(
                registration: registration, challenge: challenge, requiresUserVerification: true)
            #expect(credential.publicKey.algorithm.rawValue == one.algorithm, "\(one.name)")
            #expect(credential.publicKey.bytes == (try #require(Base64URL.decode(one.publicKey))))
            let response = try AuthenticationResponse(json: Array(one.authentication.utf8))
            let assertion = try party.verify(
                assertion: response, challenge: challenge, credential: credential,
                expectedUserHandle: owner, requiresUserVerification: true,
                requiresUserHandle: true)
            #expect(assertion.credential.signCount == one.signCount, "\(one.name)")
            // The same again is a replay, by its counter.
            #expect(
                Refusal.code {
                    _ = try party.verify(
                        assertion: response, challenge: challenge,
                        credential: assertion.credential, expectedUserHandle: owner,
                        requiresUserVerification: true)
                } == .counterWentBack)
            var signature = response.signature
            signature[signature.count - 1] ^= 1
            let altered = try AuthenticationResponse(
                id: response.id, clientDataJSON: response.clientDataJSON,
                authenticatorData: response.authenticatorData, signature: signature,
                userHandle: response.userHandle)
            #expect(
                Refusal.code {
                    _ = try party.verify(
                        assertion: altered, challenge: challenge, credential: credential,
                        expectedUserHandle: owner, requiresUserVerification: true)
                } == .wrongSignature)
        }
    }
}
