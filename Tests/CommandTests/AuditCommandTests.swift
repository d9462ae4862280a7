import Operations
import PostgreSQL
import Testing

/// The audit log of a home, against its ledger's.
@Suite struct AuditCommandTests {
    @Test func `audit verify finds a ledger's log that is not the one that was named`() async throws
    {
        try await CommandRig.run { rig in
            let up = try RunningWallet(rig, "home")
            try await up.untilReady(engine: false)
            _ = try await up.pay(try await up.accounts("audit"), "3.00", key: "audited")
            // What stops names what it has committed.
            try await up.stop()
            let whole = try await rig.succeed(["audit", "verify", "--home", up.home])
            #expect(whole.contains("is named") && !whole.contains("named 0 times"), "\(whole)")
            let again = try RunningWallet(rig, "home")
            try await again.untilReady(engine: false)
            var connection = try Connection(Home(again.home).cluster().connection())
            try connection.execute(
                """
                UPDATE event_batch SET running_hash = sha256(running_hash)
                WHERE last_sequence IN (SELECT substring(details FROM 'last_sequence=([0-9]+)')::bigint
                    FROM audit_entry WHERE act = 'ledger.committed')
                """)
            let (ending, text) = try await rig.run(["audit", "verify", "--home", up.home])
            #expect(!ending.isSuccess && text.contains("is not the one that was named"), "\(text)")
        }
    }
}
