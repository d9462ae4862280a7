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
        `what people do, and that a session ended for reuse, is in the audit log, with no word of who they are`()
        async throws
    {
        try await TestPeople.run { test in
            let ann = try await test.register("ann@example.org", handle: "ann")
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
                    "device.added succeeded", "session.started succeeded", "token.reused refused",
                    "factor.added succeeded", "factor.removed succeeded",
                    "person.role_changed succeeded",
                ])
            #expect(entries[4].record.detail("cause") == "used_token")
            #expect(entries[7].record.actor == "operator" && entries[7].record.subject == "\(ann)")
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

    private static func refused(
        _ cause: String, from address: String, isKnown: Bool = false, by actor: String = "nobody"
    ) -> RefusedRequest {
        RefusedRequest(
            .tokenRefused, by: actor, isKnown: isKnown, because: cause, request: "GET /v1/me",
            address: address)
    }

    @Test func `a stranger who is refused without end makes a few entries, and one that counts`()
        async throws
    {
        try await TestPeople.run { test in
            let before = try await Self.entries(test).count
            for _ in 0..<50 {
                await test.people.record(Self.refused("wrong_signature", from: "10.0.0.9"))
            }
            #expect(try await Self.entries(test).count == before + 3)
            test.clock.advance(59)
            await test.people.recordCounted()
            #expect(try await Self.entries(test).count == before + 3)
            test.clock.advance(1)
            await test.people.recordCounted()
            let entries = try await Self.entries(test).dropFirst(before)
            #expect(entries.map { $0.record.detail("times") } == [nil, nil, nil, "47"])
            #expect(Set(entries.map { $0.record.detail("origin") }).count == 1)
            #expect(entries.allSatisfy { !$0.json.contains("10.0.0.9") })
        }
    }

    @Test func `addresses without end make a bounded number of entries`() async throws {
        try await TestPeople.run { test in
            let before = try await Self.entries(test).count
            for place in 0..<200 {
                await test.people.record(
                    Self.refused("wrong_signature", from: "10.0.\(place).1"))
            }
            test.clock.advance(61)
            await test.people.recordCounted()
            let entries = try await Self.entries(test).dropFirst(before)
            #expect(entries.count == 65)
            #expect(entries.last?.record.act == .refusalsCounted)
            #expect(entries.last?.record.detail("times") == "136")
        }
    }

    @Test func `an address has another name each day, and what was counted is told at the end`()
        async throws
    {
        try await TestPeople.run { test in
            await test.people.record(Self.refused("expired_token", from: "10.0.0.9"))
            test.clock.advance(86_400)
            for _ in 0..<5 {
                await test.people.record(Self.refused("expired_token", from: "10.0.0.9"))
            }
            await test.people.stop()
            let entries = try await Self.entries(test).filter { $0.record.act == .tokenRefused }
            #expect(entries.count == 5 && entries.last?.record.detail("times") == "2")
            #expect(Set(entries.map { $0.record.detail("origin") }).count == 2)
        }
    }

    @Test func `a text from outside that is no identifier is not recorded`() async throws {
        try await TestPeople.run { test in
            var refused = Self.refused("wrong_code", from: "10.0.0.9")
            refused.subject = "ann@example.org"
            await test.people.record(refused)
            let last = try await Self.entries(test).last
            #expect(last?.record.act == .tokenRefused && last?.record.subject == "")
        }
    }
}
