import EventLog
import Foundation
import PostgreSQL
import Testing

@testable import Wallet

/// Who publishes, and when it begins anew. The lease is taken from the process by changing it in the database.
@Suite(.serialized) struct PublisherRoleTests {
    /// A fixture whose engine decides.
    private func whileDeciding(_ test: (WalletFixture) async throws -> Void) async throws {
        let fixture = try await WalletFixture()
        do {
            try await fixture.engineIsLive()
            try await test(fixture)
        } catch {
            await fixture.stop()
            throw error
        }
        await fixture.stop()
    }

    /// Pays until the engine decides. Decisions under a former lease would be refused.
    private func expectDecision(_ fixture: WalletFixture) async throws {
        let ann = try await fixture.account("ann", 10_000_000)
        let bob = try await fixture.account("bob", 0)
        #expect(try await fixture.engineDecides(ann, bob))
    }

    @Test func `a holder whose lease was another's meanwhile publishes anew, under the new token`()
        async throws
    {
        try await whileDeciding { fixture in
            try await expectDecision(fixture)
            let before = try #require(fixture.token)
            // Somebody had it and gave it back between two looks at it: only the token tells.
            try fixture.execute("UPDATE lease SET token = token + 1")
            #expect(await fixture.eventually { fixture.token == before + 1 })
            try await expectDecision(fixture)
        }
    }

    @Test func `a lease that another holds ends the publishing, until it is free again`()
        async throws
    {
        try await whileDeciding { fixture in
            try await expectDecision(fixture)
            try fixture.execute(
                """
                UPDATE lease SET holder = 'another', token = token + 1,
                    expires_at = clock_timestamp() + interval '1 hour'
                """)
            #expect(await fixture.eventually { fixture.token == nil })
            try fixture.execute("UPDATE lease SET expires_at = '-infinity'")
            #expect(await fixture.eventually { fixture.token != nil })
            try await expectDecision(fixture)
        }
    }

    @Test func `a publisher whose file is gone is replaced by one that is found`() async throws {
        try await whileDeciding { fixture in
            try await expectDecision(fixture)
            let path = String(fixture.address.dropFirst("ipc://".count))
            try FileManager.default.removeItem(atPath: path)
            #expect(
                await fixture.eventually { FileManager.default.fileExists(atPath: path) })
            try await expectDecision(fixture)
        }
    }
}
