import EventLog
import Foundation
import RiskEngine
import Scoring
import Testing

@testable import Wallet

/// Two real engines on one real stream.
@Suite struct TwoEnginesTests {
    @Test func `one engine decides and the other takes over when it is gone`() async throws {
        let fixture = try await WalletFixture(withEngine: false)
        let model = try RiskModel.load(path: WalletFixture.modelPath)
        let begin = ContinuousClock.now
        // On a machine so busy that an engine is not heard of for 3 s the other rightly takes over; more often than
        // that the place must not change hands.
        func mostActivations() -> Int { 1 + Int((ContinuousClock.now - begin) / .seconds(3)) }
        let first = RunningEngine(model, address: fixture.address, snapshotPath: nil)
        try await fixture.engineIsLive()
        let second = RunningEngine(model, address: fixture.address, snapshotPath: nil)
        let ann = try await fixture.account("ann", 10_000_000)
        let bob = try await fixture.account("bob", 0)
        // Long enough for many a change, if there were any.
        var decided = 0
        for round in 0..<30 {
            let action = try await fixture.pay(ann, bob, 1_000 + Int64(round))
            if action != .notEvaluated { decided += 1 }
            try await Task.sleep(for: .milliseconds(100))
        }
        #expect(decided > 20)
        let activations = fixture.wallet.counters.events(.engineActivated)
        #expect((1...mostActivations()).contains(activations))

        try await first.stop()
        #expect(try await fixture.engineDecides(ann, bob))
        #expect(fixture.wallet.counters.events(.engineActivated) >= 2)

        // Who comes back stands by in its turn.
        let third = RunningEngine(model, address: fixture.address, snapshotPath: nil)
        decided = 0
        for round in 0..<15 {
            let action = try await fixture.pay(ann, bob, 3_000 + Int64(round))
            if action != .notEvaluated { decided += 1 }
            try await Task.sleep(for: .milliseconds(100))
        }
        #expect(decided > 10)
        #expect(fixture.wallet.counters.events(.engineActivated) <= mostActivations() + 1)
        try await second.stop()
        try await third.stop()
        await fixture.stop()
    }

    @Test func `an engine whose epoch is overtaken asks for the next and goes on deciding`()
        async throws
    {
        let fixture = try await WalletFixture()
        try await fixture.engineIsLive()
        let ann = try await fixture.account("ann", 10_000_000)
        let bob = try await fixture.account("bob", 0)
        #expect(try await fixture.pay(ann, bob, 1_000) != .notEvaluated)
        // As when the epoch that was opened for an earlier hello is committed after the later one's.
        let stranger = EngineDetail(
            epoch: 0, build: "1", catalogueHash: [], modelHash: [], rulesHash: [], fingerprint: "")
        let answer = try await fixture.wallet.commit.submit(.activateEngine(stranger))
        guard case .activated(let overtaking, _) = answer else {
            Issue.record("no epoch was opened")
            return
        }
        #expect(try await fixture.engineDecides(ann, bob))
        #expect(try await fixture.wallet.queries.head().epoch > overtaking)
        await fixture.stop()
    }

    @Test func `decisions that wait for their commit are bounded, and what is too much is counted`()
        async throws
    {
        let fixture = try await WalletFixture(withEngine: false)
        let log = WalletLog(wallet: fixture.wallet, leaseToken: 0, waitingLimit: 10)
        let junk = (0..<25).map { index in
            TransferDecision(
                transfer: TransferID(high: 1, low: UInt64(index)),
                decision: Decision(
                    action: .approve, scoreBits: 0, featureDigest: 0,
                    sequence: EventLog.Sequence(1), epoch: 0, elapsedMicros: 0), detail: nil)
        }
        log.decided(junk)
        #expect(fixture.wallet.counters.excessDecisions == 15)
        // Once they are refused there is room again.
        var hasRoom = false
        for _ in 0..<1_000 where !hasRoom {
            let excess = fixture.wallet.counters.excessDecisions
            log.decided(Array(junk.prefix(10)))
            hasRoom = fixture.wallet.counters.excessDecisions == excess
            if !hasRoom { try await Task.sleep(for: .milliseconds(10)) }
        }
        #expect(hasRoom)
        await fixture.stop()
    }
}
