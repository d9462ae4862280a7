import AuditTrail
import Identity
import PostgreSQL
import TestCluster
import Testing

@testable import People

@Suite struct AuditTests {
    private static func entries(_ test: TestPeople) async throws -> [AuditEntry] {
        let database = test.database
        return try await OwnThread.run {
            var connection = try Connection(database)
            return try AuditLog.entries(from: 0, limit: 1_000, &connection)
        }
    }

    @Test
    func
        `what people do, and what is refused them, is in the audit log, with no word of who they are`()
        async throws
    {
        try await TestPeople.run { test in
            let ann = try await test.register("ann@example.org", handle: "ann")
            _ = await refusal { _ = try await test.signIn("@ann", password: "wrong password") }
            _ = await refusal { _ = try await test.signIn("@nobody") }
            let granted = try await test.tokens("@ann")
            let token = try #require(granted.refreshToken)
            _ = try await test.people.refresh(token, scope: nil, by: TestPeople.app)
            _ = await refusal {
                _ = try await test.people.refresh(token, scope: nil, by: TestPeople.app)
            }
            let secret = try await test.people.beginTimeBasedCodes(of: ann).secret
            let codes = TimeBasedCodes(secret: try #require(Base32.decode(secret)))
            _ = try await test.people.confirmTimeBasedCodes(
                of: ann, code: codes.code(at: test.clock.now))
            try await test.people.removeTimeBasedCodes(of: ann)
            try await test.people.setRole(.analyst, of: ann, by: "operator")

            let entries = try await Self.entries(test)
            let told = entries.map { "\($0.record.act) \($0.record.outcome.word)" }
            #expect(
                told == [
                    "client.registered succeeded", "person.registered succeeded",
                    "session.sign_in_refused refused", "session.sign_in_refused refused",
                    "device.added succeeded", "session.started succeeded", "token.reused refused",
                    "factor.added succeeded", "factor.removed succeeded",
                    "person.role_changed succeeded",
                ])
            #expect(entries[2].record.actor == "\(ann)" && entries[3].record.actor == "nobody")
            #expect(entries[9].record.actor == "operator" && entries[9].record.subject == "\(ann)")
            for entry in entries {
                for word in ["ann@", "Ann Example", "Phone", "10.0.0.1", TestPeople.password] {
                    #expect(!entry.json.contains(word))
                }
            }
        }
    }

    @Test func `what is rolled back leaves no entry, and the log is whole`() async throws {
        try await TestPeople.run { test in
            let ann = try await test.register("ann@example.org")
            let before = try await Self.entries(test).count
            let refused = await refusal {
                try await test.people.enact {
                    connection, acts throws(PostgreSQLError) -> People.Answer<Void> in
                    acts.add(.passwordChanged, by: ann)
                    throw .unexpectedResult("as if the database had refused it")
                }
            }
            #expect(refused == "unavailable")
            #expect(try await Self.entries(test).count == before)
            let database = test.database
            let report = try await OwnThread.run {
                var connection = try Connection(database)
                return try AuditVerifier.run(&connection, keys: [])
            }
            #expect(report.isWhole && report.entryCount == before)
        }
    }
}
