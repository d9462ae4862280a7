import EventLog
import Identity
import PostgreSQL
import Testing

@testable import People

@Suite struct SignInTests {
    @Test func `a person signs in by address, number or handle`() async throws {
        try await TestPeople.run { test in
            _ = try await test.register("ann@example.org", handle: "ann")
            for name in ["ann@example.org", "ANN@example.org", "@ann", "Ann"] {
                #expect(try await test.signIn(name).isComplete)
            }
        }
    }

    @Test func `a wrong password and a name nobody has are told alike`() async throws {
        try await TestPeople.run { test in
            _ = try await test.register("ann@example.org", handle: "ann")
            for (name, password) in [
                ("ann@example.org", "correct horse batterx"),
                ("bob@example.org", TestPeople.password),
                ("@nobody", TestPeople.password), ("!!", TestPeople.password),
            ] {
                let error = await #expect(throws: PeopleError.self) {
                    _ = try await test.signIn(name, password: password)
                }
                #expect(error == .wrongCredentials)
            }
        }
    }

    @Test func `whoever guesses has to wait, and keeps nobody else out for long`() async throws {
        try await TestPeople.run { test in
            _ = try await test.register("ann@example.org")
            var codes: [String?] = []
            for _ in 0..<8 {
                codes.append(
                    await refusal {
                        _ = try await test.signIn(
                            "ann@example.org", password: "wrong password", from: "6.6.6.6")
                    })
            }
            #expect(codes.filter { $0 == "wrong_credentials" }.count == 6)
            #expect(codes.last == "too_many_attempts")
            // The owner, from where they are, is let in at once.
            #expect(try await test.signIn("ann@example.org", from: "10.0.0.1").isComplete)
            // With many addresses the account itself is guarded, but never for more than half a minute.
            for address in 0..<40 {
                _ = await refusal {
                    _ = try await test.signIn(
                        "ann@example.org", password: "wrong password", from: "7.0.0.\(address)")
                }
            }
            let kept = await refusal { _ = try await test.signIn("ann@example.org") }
            #expect(kept == "too_many_attempts")
            test.clock.advance(31)
            #expect(try await test.signIn("ann@example.org").isComplete)
        }
    }

    @Test func `many guesses at once gain nothing`() async throws {
        try await TestPeople.run { test in
            _ = try await test.register("ann@example.org")
            let looked = await withTaskGroup(of: String?.self) { group in
                for _ in 0..<60 {
                    group.addTask {
                        await refusal {
                            _ = try await test.signIn(
                                "ann@example.org", password: "wrong password", from: "6.6.6.6")
                        }
                    }
                }
                return await group.reduce(into: 0) { $0 += $1 == "wrong_credentials" ? 1 : 0 }
            }
            #expect(looked == 6)
        }
    }

    @Test func `a second factor is asked for once there is one, and each code is taken once`()
        async throws
    {
        try await TestPeople.run { test in
            let ann = try await test.register("ann@example.org")
            let secret = try await test.people.beginTimeBasedCodes(of: ann).secret
            let codes = TimeBasedCodes(secret: try #require(Base32.decode(secret)))
            // Not in use before a code was shown.
            #expect(try await test.signIn("ann@example.org").isComplete)
            let wrong = await refusal {
                _ = try await test.people.confirmTimeBasedCodes(of: ann, code: "12345x")
            }
            #expect(wrong == "wrong_code")
            let recovery = try await test.people.confirmTimeBasedCodes(
                of: ann, code: codes.code(at: test.clock.now))
            #expect(recovery.count == 10 && Set(recovery).count == 10)

            let signIn = try await test.signIn("ann@example.org")
            #expect(!signIn.isComplete && signIn.factors == ["totp", "recovery_code"])
            let early = try await test.people.authorize(TestPeople.request(), signIn: signIn.secret)
            guard case .refusedTo(let location, _) = early else {
                Issue.record("no redirect")
                return
            }
            #expect(TestPeople.parameters(location)["error"] == "login_required")
            // The code that confirmed is used up.
            let used = await refusal {
                _ = try await test.people.signIn(
                    signIn.secret, with: .timeBasedCode(codes.code(at: test.clock.now)))
            }
            #expect(used == "wrong_code")
            test.clock.advance(30)
            let code = codes.code(at: test.clock.now)
            #expect(
                try await test.people.signIn(signIn.secret, with: .timeBasedCode(code)).isComplete)
            let granted = try await test.exchange(try await test.authorize(signIn))
            let bearer = try #require(try await test.people.tokens.bearer(of: granted.accessToken))
            let sessions = try await test.people.sessions(of: ann)
            #expect(sessions.first { $0.id == bearer.session }?.methods.isMultiFactor == true)

            let again = try await test.signIn("ann@example.org")
            let replayed = await refusal {
                _ = try await test.people.signIn(again.secret, with: .timeBasedCode(code))
            }
            #expect(replayed == "wrong_code")
            #expect(
                try await test.people.signIn(again.secret, with: .recoveryCode(recovery[0]))
                    .isComplete)
            let third = try await test.signIn("ann@example.org")
            let reused = await refusal {
                _ = try await test.people.signIn(third.secret, with: .recoveryCode(recovery[0]))
            }
            #expect(reused == "wrong_code")
            #expect(try await test.people.view(ann).recoveryCodes == 9)
        }
    }

    @Test func `second factors cannot be guessed by beginning again and again`() async throws {
        try await TestPeople.run { test in
            let ann = try await test.register("ann@example.org")
            let secret = try await test.people.beginTimeBasedCodes(of: ann).secret
            let codes = TimeBasedCodes(secret: try #require(Base32.decode(secret)))
            _ = try await test.people.confirmTimeBasedCodes(
                of: ann, code: codes.code(at: test.clock.now))
            var guesses = 0
            for _ in 0..<6 {
                let signIn = try await test.signIn("ann@example.org")
                for _ in 0..<5 {
                    let code = await refusal {
                        _ = try await test.people.signIn(
                            signIn.secret, with: .recoveryCode("AAAA-AAAA-AAAA-AAAA"))
                    }
                    if code == "wrong_code" { guesses += 1 }
                }
            }
            #expect(guesses == 6)
        }
    }

    @Test func `a new password by code ends all sessions, and needs the second factor`()
        async throws
    {
        try await TestPeople.run { test in
            let ann = try await test.register("ann@example.org")
            let before = try await test.tokens("ann@example.org")
            let contact = try #require(ContactPoint(email: "ann@example.org"))
            let secret = try await test.people.beginTimeBasedCodes(of: ann).secret
            let codes = TimeBasedCodes(secret: try #require(Base32.decode(secret)))
            let recovery = try await test.people.confirmTimeBasedCodes(
                of: ann, code: codes.code(at: test.clock.now))
            func begin() async throws -> (VerificationID, String) {
                let sent = try await test.people.beginPasswordReset(contact, from: "10.0.0.1")
                return (sent.verification, try await test.code(of: sent))
            }
            let (first, firstCode) = try await begin()
            let bare = await refusal {
                try await test.people.resetPassword(
                    first, code: firstCode, password: "another horse battery", factor: nil)
            }
            #expect(bare == "second_factor_required")
            let (second, secondCode) = try await begin()
            try await test.people.resetPassword(
                second, code: secondCode, password: "another horse battery",
                factor: .recoveryCode(recovery[3]))
            #expect(try await test.people.tokens.bearer(of: before.accessToken) == nil)
            let refreshed = await refusal {
                _ = try await test.people.refresh(
                    try #require(before.refreshToken), scope: nil, by: TestPeople.app)
            }
            #expect(refreshed == "invalid_grant")
            #expect(
                await refusal { _ = try await test.signIn("ann@example.org") }
                    == "wrong_credentials")
            _ = try await test.signIn("ann@example.org", password: "another horse battery")
        }
    }

    @Test func `changes ask who one is, once more, when that was long ago`() async throws {
        try await TestPeople.run { test in
            let ann = try await test.register("ann@example.org")
            let granted = try await test.tokens("ann@example.org")
            let session = try #require(
                try await test.people.tokens.bearer(of: granted.accessToken)?.session)
            try await test.people.requireFresh(session, of: ann)
            test.clock.advance(601)
            let stale = await refusal { try await test.people.requireFresh(session, of: ann) }
            #expect(stale == "step_up_required")
            let wrong = await refusal {
                try await test.people.stepUp(
                    session, of: ann, password: "wrong password", factor: nil, from: "10.0.0.1")
            }
            #expect(wrong == "wrong_credentials")
            try await test.people.stepUp(
                session, of: ann, password: TestPeople.password, factor: nil, from: "10.0.0.1")
            try await test.people.requireFresh(session, of: ann)
        }
    }

    @Test func `a hash of another cost is made anew at the next sign-in`() async throws {
        try await TestPeople.run { test in
            _ = try await test.register("ann@example.org")
            var configuration = try TestPeople.configuration(test.database)
            configuration.passwordCost = .init(memoryKiB: 128, passes: 1)
            let clock = test.clock
            configuration.clock = { clock.now }
            let dearer = People(configuration, logger: test.people.logger)
            let index = dearer.index(try #require(ContactPoint(email: "ann@example.org")))
            func cost() async throws -> Bool {
                try await dearer.transact { connection throws(PostgreSQLError) in
                    let row = try PersonRow.find(contact: index, on: &connection)
                    return .success(row?.password?.contains("m=128,") == true)
                }
            }
            #expect(try await !cost())
            _ = try await dearer.signIn(
                "ann@example.org", password: TestPeople.password,
                device: .init(id: nil, name: ""), from: "10.0.0.1")
            #expect(try await cost())
            _ = try await test.signIn("ann@example.org")
            await dearer.stop()
        }
    }
}
