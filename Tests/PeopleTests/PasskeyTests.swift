import Cryptography
import EventLog
import Foundation
import Identity
import Testing
import WebAuthn

@testable import People
@testable import TestAuthenticator

@Suite struct PasskeyTests {
    /// Someone's authenticator: one passkey, for this service.
    private static func authenticator(_ key: SoftwareKey = .p256, id: UInt8 = 1)
        -> SoftwareAuthenticator
    {
        var authenticator = SoftwareAuthenticator(key: key)
        authenticator.credentialID = [UInt8](repeating: id, count: 32)
        authenticator.origin = TestPeople.issuer
        authenticator.relyingPartyID = "wallet.test"
        return authenticator
    }

    private static func challenge(_ question: People.PasskeyQuestion) throws -> [UInt8] {
        let options = try #require(
            try JSONSerialization.jsonObject(with: Data(question.options)) as? [String: Any])
        let text = try #require(options["challenge"] as? String)
        return try #require(Base64URL.decode(text))
    }

    private static func handle(_ person: PersonID) throws -> [UInt8] {
        try #require(Passkeys.handle(of: person)).bytes
    }

    /// Registers the authenticator's passkey. Returns recovery codes.
    private static func add(
        _ authenticator: inout SoftwareAuthenticator, of person: PersonID, _ test: TestPeople
    ) async throws -> [String] {
        let question = try await test.people.beginPasskey(of: person)
        authenticator.challenge = try challenge(question)
        authenticator.userHandle = try handle(person)
        let answer = Array(try authenticator.registrationJSON().utf8)
        return try await test.people.addPasskey(of: person, question.id, answer, name: "Key")
            .recoveryCodes
    }

    private static func signIn(
        _ authenticator: inout SoftwareAuthenticator, _ secret: String? = nil, _ test: TestPeople
    ) async throws -> People.SignIn {
        let question = try await test.people.askPasskey(signIn: secret)
        authenticator.challenge = try challenge(question)
        authenticator.signCount += 1
        return try await test.people.signIn(
            secret, question.id, passkey: Array(try authenticator.assertionJSON().utf8),
            device: .init(id: nil, name: "Laptop"))
    }

    @Test(arguments: SoftwareKey.all)
    func `a passkey signs in alone, as two factors`(_ key: SoftwareKey) async throws {
        try await TestPeople.run { test in
            let ann = try await test.register("ann@example.org")
            var authenticator = Self.authenticator(key)
            let recovery = try await Self.add(&authenticator, of: ann, test)
            #expect(recovery.count == 10)
            let signIn = try await Self.signIn(&authenticator, nil, test)
            #expect(signIn.isComplete)
            let granted = try await test.exchange(try await test.authorize(signIn))
            let session = try #require(
                try await test.people.tokens.bearer(of: granted.accessToken)?.session)
            let sessions = try await test.people.sessions(of: ann)
            #expect(sessions.first?.methods == .passkey)
            try await test.people.requireFresh(session, of: ann)
            let passkeys = try await test.people.passkeys(of: ann)
            #expect(passkeys.map(\.name) == ["Key"])
        }
    }

    @Test func `an authenticator may choose the longest identifier there is`() async throws {
        try await TestPeople.run { test in
            let ann = try await test.register("ann@example.org")
            var authenticator = Self.authenticator()
            authenticator.credentialID = [UInt8](repeating: 7, count: 1_023)
            _ = try await Self.add(&authenticator, of: ann, test)
            #expect(try await Self.signIn(&authenticator, nil, test).isComplete)
            try await test.people.removePasskey(
                Base64URL.encode(authenticator.credentialID), of: ann)
            #expect(try await test.people.passkeys(of: ann).isEmpty)
        }
    }

    @Test func `with a passkey a password alone is not enough`() async throws {
        try await TestPeople.run { test in
            let ann = try await test.register("ann@example.org")
            var authenticator = Self.authenticator()
            _ = try await Self.add(&authenticator, of: ann, test)
            let waiting = try await test.signIn("ann@example.org")
            #expect(!waiting.isComplete && waiting.factors == ["passkey", "recovery_code"])
            let complete = try await Self.signIn(&authenticator, waiting.secret, test)
            #expect(complete.isComplete && complete.secret == waiting.secret)
            _ = try await test.exchange(try await test.authorize(complete))
            // Without it all is as before, and there is nothing to recover.
            let id = try #require(try await test.people.passkeys(of: ann).first?.id)
            try await test.people.renamePasskey(id, of: ann, "Old key")
            #expect(try await test.people.passkeys(of: ann).map(\.name) == ["Old key"])
            try await test.people.removePasskey(id, of: ann)
            #expect(try await test.signIn("ann@example.org").isComplete)
            #expect(try await test.people.view(ann).recoveryCodes == 0)
            #expect(
                await refusal { try await test.people.removePasskey(id, of: ann) }
                    == "unknown_passkey")
        }
    }

    @Test func `what is not the answer of a known passkey to this question is refused`()
        async throws
    {
        try await TestPeople.run { test in
            let ann = try await test.register("ann@example.org")
            let bob = try await test.register("bob@example.org")
            var anns = Self.authenticator(id: 1)
            _ = try await Self.add(&anns, of: ann, test)
            var bobs = Self.authenticator(.ed25519, id: 2)
            _ = try await Self.add(&bobs, of: bob, test)
            var taken = Self.authenticator(id: 1)
            #expect(
                await refusal { _ = try await Self.add(&taken, of: bob, test) } == "passkey_taken")

            func wrong(_ change: (inout SoftwareAuthenticator) -> Void) async throws -> String? {
                var changed = anns
                change(&changed)
                let question = try await test.people.askPasskey(signIn: nil)
                if changed.challenge == anns.challenge {
                    changed.challenge = try Self.challenge(question)
                }
                changed.signCount = 100
                let answer = Array(try changed.assertionJSON().utf8)
                return await refusal {
                    _ = try await test.people.signIn(
                        nil, question.id, passkey: answer, device: .init(id: nil, name: ""))
                }
            }
            let changes: [(inout SoftwareAuthenticator) -> Void] = [
                { $0.challenge = [UInt8](repeating: 1, count: 32) },
                { $0.origin = "https://evil.test" }, { $0.relyingPartyID = "evil.test" },
                { $0.flags = 0x01 }, { $0.credentialID = [UInt8](repeating: 9, count: 32) },
                { $0.alterSignature = { $0.dropLast() + [($0.last ?? 0) ^ 1] } },
                { $0.userHandle = Array("somebody".utf8) }, { $0.key = .ed25519 },
            ]
            for change in changes { #expect(try await wrong(change) == "wrong_passkey") }
            #expect(try await wrong { _ in } == nil)

            // An answer is taken once, in time, and not for another question.
            let question = try await test.people.askPasskey(signIn: nil)
            anns.challenge = try Self.challenge(question)
            anns.signCount = 200
            let answer = Array(try anns.assertionJSON().utf8)
            func answered(_ id: PasskeyChallengeID, _ secret: String? = nil) async -> String? {
                await refusal {
                    _ = try await test.people.signIn(
                        secret, id, passkey: answer, device: .init(id: nil, name: ""))
                }
            }
            let other = try await test.people.askPasskey(signIn: nil)
            #expect(await answered(other.id) == "wrong_passkey")
            #expect(await answered(question.id) == nil)
            #expect(await answered(question.id) == "wrong_passkey")
            let late = try await test.people.askPasskey(signIn: nil)
            test.clock.advance(301)
            #expect(await answered(late.id) == "wrong_passkey")

            // Bob's passkey is no second factor of Ann's.
            let waiting = try await test.signIn("ann@example.org")
            let refused = await refusal {
                _ = try await Self.signIn(&bobs, waiting.secret, test)
            }
            #expect(refused == "wrong_passkey")
            // A counter that went back is a copy's.
            anns.signCount = 10
            #expect(
                await refusal { _ = try await Self.signIn(&anns, nil, test) } == "wrong_passkey")
        }
    }

    @Test func `a passkey shows again who one is`() async throws {
        try await TestPeople.run { test in
            let ann = try await test.register("ann@example.org")
            var authenticator = Self.authenticator()
            let before = try await test.tokens("ann@example.org")
            let session = try #require(
                try await test.people.tokens.bearer(of: before.accessToken)?.session)
            _ = try await Self.add(&authenticator, of: ann, test)
            let stale = await refusal { try await test.people.requireFresh(session, of: ann) }
            #expect(stale == "step_up_required")
            let question = try await test.people.askPasskey(stepUpOf: ann)
            authenticator.challenge = try Self.challenge(question)
            authenticator.signCount += 1
            try await test.people.stepUp(
                session, of: ann, question.id,
                passkey: Array(try authenticator.assertionJSON().utf8))
            try await test.people.requireFresh(session, of: ann)
        }
    }

    @Test func `without a domain there are no passkeys, and that is said`() async throws {
        try await TestPeople.run({ $0.issuer = "http://127.0.0.1:8080" }) { test in
            let ann = try await test.register("ann@example.org")
            let refused = await refusal { _ = try await test.people.beginPasskey(of: ann) }
            #expect(refused == "passkeys_unavailable")
        }
    }
}
