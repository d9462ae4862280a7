import Cryptography
import EventLog
import Foundation
import Identity
import Notices
import Testing
import WebAuthn

@testable import People
@testable import TestAuthenticator

/// Somebody with something in every place where something personal can be.
struct Planted: Sendable {
    /// What they gave to the service, each a word that stands nowhere else.
    struct Words: Sendable {
        let email: String
        let name: String
        let handle: String
        let password: String
        let device: String
        let passkey: String
        let favourite: String
        /// By which the person's device is reached.
        let push: String
        /// Base32.
        var totp = ""

        var all: [String] {
            [email, name, handle, password, device, passkey, favourite, push, totp]
        }
    }
    let id: PersonID
    let words: Words
    let session: SessionID
    let granted: People.Granted
    let authenticator: SoftwareAuthenticator

    /// Registers somebody, with an authenticator application, a passkey, a device, a session and a wallet.
    static func register(_ word: String, in test: TestPeople) async throws -> Planted {
        let people = test.people
        var words = Words(
            email: "\(word).quillfeather@planted.example", name: "\(word.capitalized) Ünderhill",
            handle: "\(word)_zq", password: "\(String(word.reversed())) rides 9 zebras",
            device: "\(word)'s handset", passkey: "\(word)'s keyring",
            favourite: "\(word)'s grandmother",
            push: "\(word):push-token-of-the-handset")
        let sent = try await people.register(
            .init(
                contact: try #require(ContactPoint(email: words.email)), password: words.password,
                name: words.name, handle: Handle(words.handle)), from: "10.0.0.1")
        let id = try await people.confirmRegistration(
            sent.verification, code: try await test.code(of: sent))
        words.totp = try await people.beginTimeBasedCodes(of: id).secret
        let codes = TimeBasedCodes(secret: try #require(Base32.decode(words.totp)))
        let recovery = try await people.confirmTimeBasedCodes(
            of: id, code: codes.code(at: test.clock.now))

        var authenticator = SoftwareAuthenticator(key: .p256)
        authenticator.credentialID = Array(SHA256.hash(Array(word.utf8)).bytes)
        authenticator.origin = TestPeople.issuer
        authenticator.relyingPartyID = "wallet.test"
        let question = try await people.beginPasskey(of: id)
        authenticator.challenge = try challenge(question)
        authenticator.userHandle = try #require(Passkeys.handle(of: id)).bytes
        _ = try await people.addPasskey(
            of: id, question.id, Array(try authenticator.registrationJSON().utf8),
            name: words.passkey)

        let begun = try await people.signIn(
            words.email, password: words.password, device: .init(id: nil, name: words.device),
            from: "10.0.0.1")
        let signIn = try await people.signIn(
            begun.secret, with: .recoveryCode(try #require(recovery.first)))
        let granted = try await test.exchange(try await test.authorize(signIn))
        let session = try #require(try await people.tokens.bearer(of: granted.accessToken)?.session)
        try await people.addWallet(id.uuid, "EUR", of: id)
        try await people.setPushTarget(
            .fcm(try DeviceToken(fcm: words.push)), on: signIn.device, of: id)
        _ = try await people.setNoticePreferences([.email], for: .paymentSent, of: id)
        return Planted(
            id: id, words: words, session: session, granted: granted, authenticator: authenticator)
    }

    /// The challenge of a question to a passkey.
    static func challenge(_ question: People.PasskeyQuestion) throws -> [UInt8] {
        let options = try #require(
            try JSONSerialization.jsonObject(with: Data(question.options)) as? [String: Any])
        let text = try #require(options["challenge"] as? String)
        return try #require(Base64URL.decode(text))
    }
}
