import EventLog
import Ledger
import Testing

@testable import Wallet

@Suite struct KeyRetentionTests {
    @Test func `the sweep forgets keys that are older than their retention, and no others`()
        async throws
    {
        let fixture = try await WalletFixture(withEngine: false)
        let dollars = try #require(Currency(code: "USD"))
        let ann = try await fixture.account("ann", 0)
        func fund(_ key: IdempotencyKey) async throws -> TransferID {
            try await fixture.wallet.fund(
                ann, amount: Money(minor: 100, currency: dollars), key: key
            ).transfer.id
        }
        let keys = (0..<2).map { _ in
            IdempotencyKey(key: WallClock.newID(), request: WallClock.newID())
        }
        let first = try await fund(keys[0])
        // The last event that is old enough keeps its key for as long as no other is.
        _ = try await fixture.account("bob", 0)
        try fixture.execute(
            "UPDATE event_batch SET recorded_at = recorded_at - \(30 * 86_400 * 1_000_000 as Int64)"
        )
        let second = try await fund(keys[1])
        let end = ContinuousClock.now + .seconds(40)
        while try await fund(keys[0]) == first, ContinuousClock.now < end {
            try await Task.sleep(for: .milliseconds(50))
        }
        #expect(try await fund(keys[0]) != first)
        #expect(try await fund(keys[1]) == second)
        await fixture.stop()
    }
}
