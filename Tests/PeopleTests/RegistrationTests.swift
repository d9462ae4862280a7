import EventLog
import Identity
import PostgreSQL
import Testing
import TestCluster

@testable import People

@Suite struct RegistrationTests {
    private static func request(
        _ email: String, password: String = TestPeople.password, handle: String? = nil
    ) throws -> People.Registration {
        .init(
            contact: try #require(ContactPoint(email: email)), password: password, name: nil,
            handle: handle.flatMap { Handle($0) })
    }

    @Test func `whoever reads the code is registered, and seen as they described themselves`()
        async throws
    {
        try await TestPeople.run { test in
            let ann = try await test.register("ann@example.org", handle: "ann_lee")
            let view = try await test.people.view(ann)
            #expect(view.profile == Profile(name: "Ann Example", handle: "ann_lee"))
            #expect(view.contacts.map(\.point.text) == ["ann@example.org"])
            #expect(view.role == .customer && !view.hasTimeBasedCodes && view.recoveryCodes == 0)
        }
    }

    @Test func `nobody learns whether a contact is known, but who has it`() async throws {
        try await TestPeople.run { test in
            _ = try await test.register("ann@example.org")
            let sent = try await test.people.register(
                try Self.request("ann@example.org"), from: "10.0.0.9")
            #expect(sent.expiresAt == test.clock.now.adding(seconds: 600))
            #expect(
                try await test.message(to: "ann@example.org", after: 1).kind == .alreadyRegistered)
            for code in ["000000", "123456", "999999"] {
                let refused = await refusal {
                    _ = try await test.people.confirmRegistration(sent.verification, code: code)
                }
                #expect(refused == "wrong_code")
            }
        }
    }

    @Test func `a code is taken once, for ten minutes, and void after five wrong ones`()
        async throws
    {
        try await TestPeople.run { test in
            func begin(_ email: String) async throws -> (VerificationID, String) {
                let sent = try await test.people.register(try Self.request(email), from: "10.0.0.1")
                return (sent.verification, try await test.code(of: sent))
            }
            func confirm(_ id: VerificationID, _ code: String) async -> String? {
                await refusal { _ = try await test.people.confirmRegistration(id, code: code) }
            }
            let (once, code) = try await begin("once@example.org")
            #expect(await confirm(once, code) == nil)
            #expect(await confirm(once, code) == "wrong_code")

            let (late, lateCode) = try await begin("late@example.org")
            test.clock.advance(600)
            #expect(await confirm(late, lateCode) == "wrong_code")

            let (guessed, right) = try await begin("guessed@example.org")
            let wrong = right == "000000" ? "000001" : "000000"
            for _ in 0..<5 { #expect(await confirm(guessed, wrong) == "wrong_code") }
            #expect(await confirm(guessed, right) == "wrong_code")

            let other = VerificationID(at: test.clock.now)
            #expect(await confirm(other, right) == "wrong_code")
        }
    }

    @Test func `a handle and a contact are one person's, whoever confirms first`() async throws {
        try await TestPeople.run { test in
            _ = try await test.register("ann@example.org", handle: "ann")
            let taken = await refusal {
                _ = try await test.people.register(
                    try Self.request("bob@example.org", handle: "ANN"), from: "10.0.0.1")
            }
            #expect(taken == "handle_taken")
            // Two registrations of one address are under way at once.
            let first = try await test.people.register(
                try Self.request("eve@example.org", handle: "eve"), from: "10.0.0.1")
            let firstCode = try await test.code(of: first)
            let second = try await test.people.register(
                try Self.request("eve@example.org", handle: "eve2"), from: "10.0.0.1")
            let secondCode = try await test.code(of: second)
            _ = try await test.people.confirmRegistration(first.verification, code: firstCode)
            let late = await refusal {
                _ = try await test.people.confirmRegistration(
                    second.verification, code: secondCode)
            }
            #expect(late == "contact_taken")
            // The handle of the one that was refused is free.
            _ = try await test.register("zoe@example.org", handle: "eve2")
        }
    }

    @Test func `weak passwords and too many codes are refused`() async throws {
        try await TestPeople.run { test in
            for (password, code) in [
                ("short", "password_too_short"), ("1234567890", "password_breached"),
                ("ann.example.2024", "password_personal"),
            ] {
                let refused = await refusal {
                    _ = try await test.people.register(
                        try Self.request("ann@example.org", password: password), from: "10.0.0.1")
                }
                #expect(refused == code)
            }
            var codes: [String?] = []
            for _ in 0..<6 {
                codes.append(
                    await refusal {
                        _ = try await test.people.register(
                            try Self.request("ann@example.org"), from: "10.0.0.1")
                    })
            }
            #expect(codes == [nil, nil, nil, nil, nil, "too_many_attempts"])
            test.clock.advance(3_601)
            _ = try await test.people.register(
                try Self.request("ann@example.org"), from: "10.0.0.1")
        }
    }

    @Test func `who registers with somebody's address does not keep them from a new password`()
        async throws
    {
        try await TestPeople.run { test in
            let ann = try #require(ContactPoint(email: "ann@example.org"))
            _ = try await test.register("ann@example.org")
            let bob = try await test.register("bob@example.org")
            func register() async -> String? {
                await refusal {
                    _ = try await test.people.register(
                        try Self.request("ann@example.org"), from: "10.0.0.1")
                }
            }
            func reset() async -> String? {
                await refusal {
                    _ = try await test.people.beginPasswordReset(ann, from: "10.0.0.2")
                }
            }
            func add() async -> String? {
                await refusal {
                    _ = try await test.people.addContact(ann, of: bob, from: "10.0.0.3")
                }
            }
            // One code went to her when she registered.
            for _ in 0..<4 { #expect(await register() == nil) }
            #expect(await register() == "too_many_attempts")
            for _ in 0..<5 { #expect(await reset() == nil) }
            #expect(await reset() == "too_many_attempts")
            // Of all purposes twelve.
            for _ in 0..<2 { #expect(await add() == nil) }
            #expect(await add() == "too_many_attempts")
            test.clock.advance(3_601)
            #expect(await reset() == nil)
        }
    }

    @Test func `the database knows nobody by name`() async throws {
        try await TestPeople.run { test in
            let planted = [
                "zanzibar.quill@example.org", "zanzibar_q", "Ann Example", TestPeople.password,
                "Phone",
            ]
            _ = try await test.register(planted[0], handle: planted[1])
            _ = try await test.tokens(planted[0])
            let database = test.database
            let dump = try await OwnThread.run { () throws -> [UInt8] in
                var connection = try Connection(database)
                let tables = [
                    "person", "contact", "verification", "device", "sign_in", "session",
                    "authorization_code", "refresh_token", "attempt", "signing_key",
                ]
                var bytes: [UInt8] = []
                for table in tables {
                    let rows = try connection.query(
                        Statement(
                            "dump.\(table)", "SELECT convert_to(t::text, 'UTF8') FROM \(table) t"))
                    for row in 0..<rows.count { bytes += rows.bytes(row, 0) }
                }
                return bytes
            }
            let text = String(decoding: dump, as: UTF8.self).lowercased()
            #expect(text.count > 1_000)
            for word in planted {
                let plain = word.lowercased()
                #expect(!text.contains(plain), "\(word)")
                // PostgreSQL writes bytes as hexadecimal digits.
                let hex = word.utf8.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
                #expect(!text.contains(hex), "\(word)")
            }
        }
    }
}
