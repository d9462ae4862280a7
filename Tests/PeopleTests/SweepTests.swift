import Notices
import PostgreSQL
import TestCluster
import Testing

@testable import People

@Suite struct SweepTests {
    private static let tables = [
        "verification", "sign_in", "passkey_challenge", "authorization_code", "attempt",
        "refresh_token",
    ]

    private static func counts(_ test: TestPeople) async throws -> [Int64] {
        let database = test.database
        return try await OwnThread.run {
            var connection = try Connection(database)
            return try tables.map {
                try connection.query(Statement("count.\($0)", "SELECT count(*) FROM \($0)")).int(
                    0, 0)
            }
        }
    }

    @Test func `what is of no more use goes in its time, and not before`() async throws {
        try await TestPeople.run { test in
            let ann = try await test.register("ann@example.org")
            _ = try await test.tokens("ann@example.org")
            _ = try await test.people.askPasskey(signIn: nil)
            _ = await refusal {
                _ = try await test.signIn("ann@example.org", password: "wrong password")
            }
            let before = try await Self.counts(test)
            #expect(before.allSatisfy { $0 > 0 }, "\(before)")
            try await test.people.sweep()
            #expect(try await Self.counts(test) == before)
            test.clock.advance(601)
            try await test.people.sweep()
            let soon = try await Self.counts(test)
            // Sign-ins and questions have gone; codes that are counted, or whose reuse would tell, have not.
            #expect(soon == [before[0], 0, 0, before[3], before[4], before[5]])
            test.clock.advance(3 * 86_400)
            try await test.people.sweep()
            #expect(try await Self.counts(test) == [0, 0, 0, 0, 0, before[5]])
            test.clock.advance(61 * 86_400)
            try await test.people.sweep()
            #expect(try await Self.counts(test) == [0, 0, 0, 0, 0, 0])
            #expect(try await test.people.sessions(of: ann).isEmpty)
        }
    }

    @Test func `a device whose session ended by itself is pushed to no more`() async throws {
        try await TestPeople.run { test in
            let ann = try await test.register("ann@example.org")
            let device = try #require(try await test.tokens("ann@example.org").device)
            let address = PushAddress.fcm(try DeviceToken(fcm: "handset:token-of-a-device"))
            try await test.people.setPushTarget(address, on: device, of: ann)
            test.clock.advance(29 * 86_400)
            try await test.people.sweep()
            #expect(try await test.people.pushTargets(of: ann).count == 1)
            test.clock.advance(2 * 86_400)
            try await test.people.sweep()
            #expect(try await test.people.pushTargets(of: ann).isEmpty)
            let late = await refusal {
                try await test.people.setPushTarget(address, on: device, of: ann)
            }
            #expect(late == "session_ended")
        }
    }
}
