import EventLog
import Testing

@testable import Ledger

/// Who reviews sees what has waited longest first.
@Suite struct ReviewOrderTests {
    @Test func `a late word on a held transfer does not send it to the end of the queue`()
        async throws
    {
        let ledger = try await TestLedger()
        defer { ledger.stop() }
        let (ann, bob) = try await (ledger.wallet(10_000), ledger.wallet())
        var held: [Transfer] = []
        for _ in 0..<3 {
            var order = Command.OpenTransfer.payment(from: ann, to: bob, 100)
            order.mode = .failAtOnce(.engineAbsent, withinMilliseconds: 500)
            held += await ledger.together([.transfer(order)]).compactMap(\.transfer)
        }
        #expect(held.map(\.state) == [.held, .held, .held])
        var late = Decision.approve(held[0])
        late.action = .hold
        let answered = await ledger.together([
            .decide(.init(transfer: held[0].id, decision: late, detail: nil, leaseToken: 0))
        ])
        let again = try #require(answered[0].transfer)
        #expect(again.state == .held && again.lastSequence > held[2].lastSequence)
        let reviews = try await ledger.queries.reviews(after: .zero, limit: 10)
        #expect(reviews.map(\.transfer) == held.map(\.id))
        #expect(reviews.map(\.since) == held.map(\.firstSequence))
        let rest = try await ledger.queries.reviews(after: reviews[0].since, limit: 10)
        #expect(rest.map(\.transfer) == held.dropFirst().map(\.id))
    }
}
