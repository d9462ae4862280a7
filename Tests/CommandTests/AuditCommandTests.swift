import AuditTrail
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
            let once = try RunningWallet(rig, "home")
            try await once.untilReady(engine: false)
            _ = try await once.pay(try await once.accounts("later"), "4.00", key: "later")
            try await once.stop()
            // What is named later begins where the last time ended.
            let ranges = try Self.ranges(
                try await rig.succeed(["audit", "show", "--home", up.home]))
            #expect(ranges.count >= 2 && ranges.first?.lowerBound == 1, "\(ranges)")
            for (range, next) in zip(ranges, ranges.dropFirst()) {
                #expect(next.lowerBound == range.upperBound + 1, "\(ranges)")
            }
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

    /// The sequences that entries name, in order.
    private static func ranges(_ shown: String) throws -> [ClosedRange<Int64>] {
        let ranges = try shown.split(separator: "\n")
            .compactMap { try LedgerReference(AuditEntry(json: String($0)).record)?.sequences }
        return ranges.sorted { $0.lowerBound < $1.lowerBound }
    }
}
