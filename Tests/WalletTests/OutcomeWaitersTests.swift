import EventLog

import Testing

@testable import Ledger
@testable import Wallet

@Suite struct OutcomeWaitersTests {
    private let id = TransferID(high: 1, low: 2)

    private var outcome: OutcomeWaiters.Outcome {
        let transfer = Transfer(
            id: id, kind: .payment, state: .posted, currency: 840, payer: AccountID(1),
            payee: AccountID(2), amount: 1, captured: 1, refunded: 0, related: .none,
            extraLegs: [], createdAt: .none, createdSequence: .zero, decideBy: .none,
            expiresAt: .none, heldByPolicy: false, firstState: .posted, firstAction: .approve,
            firstSequence: .zero, action: .approve, scoreBits: 0, decisionSequence: .zero,
            lastSequence: .zero)
        return .init(transfer: transfer, detail: nil)
    }

    @Test func `everybody who opened a slot gets the outcome, however early it came`() async {
        let waiters = OutcomeWaiters()
        for _ in 0..<3 { waiters.open(id) }
        async let early = waiters.outcome(of: id)
        waiters.resolve(outcome)
        #expect(await waiters.outcome(of: id)?.transfer.id == id)
        #expect(await early?.transfer.id == id)
        // One who closes takes it from nobody else.
        waiters.open(id)
        waiters.close(id)
        #expect(waiters.isAwaited(id))
        #expect(await waiters.outcome(of: id)?.transfer.id == id)
        #expect(waiters.isEmpty)
    }

    @Test func `those who wait in vain are let go, and nobody waits once all is stopped`() async {
        let waiters = OutcomeWaiters()
        waiters.open(id)
        async let outcome = waiters.outcome(of: id)
        while !waiters.isEmpty {
            waiters.giveUp(id)
            await Task.yield()
        }
        #expect(await outcome?.transfer == nil)
        waiters.open(id)
        waiters.giveUpAll()
        #expect(await waiters.outcome(of: id)?.transfer == nil)
    }
}
