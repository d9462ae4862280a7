import EventLog
import Foundation
import Ledger
import PostgreSQL
import RiskEngine
import Scoring
import Testing
import Vault

@testable import Wallet

/// A real engine whose state held what was erased.
@Suite struct RebaseTests {
    @Test func `an engine begins anew without what was erased, and decides as a replay does`()
        async throws
    {
        let snapshot =
            NSTemporaryDirectory() + "holdfast-\(UInt64.random(in: 0...UInt64.max)).snapshot"
        defer {
            for suffix in ["", ".log"] {
                try? FileManager.default.removeItem(atPath: snapshot + suffix)
            }
        }
        let fixture = try await WalletFixture(snapshotPath: snapshot, rebaseAfterSeconds: 0)
        try await fixture.engineIsLive()
        let ann = try await fixture.account("ann", 10_000_000)
        let bob = try await fixture.account("bob", 0)
        let eve = try await fixture.account("eve", 10_000_000)
        for round in 0..<5 {
            _ = try await fixture.pay(eve, bob, 40_000 + Int64(round))
            _ = try await fixture.pay(ann, bob, 1_000 + Int64(round))
        }
        // A stop in good order leaves a snapshot, with what is to be erased in it.
        try await fixture.restartEngine()
        #expect(try await fixture.engineDecides(ann, bob))
        #expect(FileManager.default.fileExists(atPath: snapshot))

        await #expect(throws: WalletError(.refused(.accountActive))) {
            try await fixture.wallet.eraseContext(of: eve)
        }
        _ = try await fixture.wallet.freeze(eve, debits: true, credits: true, key: nil)
        try await fixture.wallet.eraseContext(of: eve)
        let counters = fixture.wallet.counters
        #expect(await fixture.eventually { counters.events(.rebased) == 1 })
        #expect(await fixture.eventually { !FileManager.default.fileExists(atPath: snapshot) })
        #expect(try await fixture.engineDecides(ann, bob))
        for round in 0..<5 { _ = try await fixture.pay(ann, bob, 2_000 + Int64(round)) }
        #expect(counters.events(.rebased) == 1)

        let (log, replayed) = try Self.decisions(fixture.database)
        let rebased = try #require(log.rebased)
        var compared = 0
        for (transfer, decision) in log.decisions where decision.sequence > rebased {
            #expect(replayed[transfer]?.scoreBits == decision.scoreBits)
            #expect(replayed[transfer]?.featureDigest == decision.featureDigest)
            compared += 1
        }
        #expect(compared > 3)
        // What was decided before depended on what is gone.
        #expect(
            log.decisions.contains { transfer, decision in
                decision.sequence < rebased
                    && replayed[transfer]?.featureDigest != decision.featureDigest
            })
        await fixture.stop()
    }

    private struct Log {
        var decisions: [TransferID: Decision] = [:]
        var rebased: EventLog.Sequence?
    }

    /// What engines decided, and what a replay of the log as it is now comes to.
    private static func decisions(
        _ database: String
    ) throws -> (Log, replayed: [TransferID: Decision]) {
        var connection = try Connection(database)
        var opener = ContextOpener(
            Keyring(current: try MasterKey(bytes: [UInt8](repeating: 1, count: 32))))
        var engine = try Engine(
            model: try RiskModel.load(path: WalletFixture.modelPath),
            configuration: EngineConfiguration(build: EngineService.build, logID: "test"))
        try engine.goLive(epoch: 0)
        var log = Log()
        var replayed: [TransferID: Decision] = [:]
        for stored in try LogReader.batches(
            after: .zero, limit: 100_000, opening: &opener, &connection)
        {
            let events = try EventBatch(encoded: stored.payload)
            log.rebased = events.rebase ?? log.rebased
            for item in events.decisions where item.value.action != .notEvaluated {
                log.decisions[events.transfer(at: item.index)] = item.value
            }
            try engine.consume(events, contexts: stored.contexts, hash: stored.runningHash) {
                replayed[$0.transfer] = $0.decision
            }
        }
        return (log, replayed)
    }
}
