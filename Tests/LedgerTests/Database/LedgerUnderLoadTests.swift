import EventLog
import Logging
import PostgreSQL
import Synchronization
import TestCluster
import Testing

@testable import Ledger

/// The rules, the reader and the writer together, over a real database and under load.
@Suite struct LedgerUnderLoadTests {
    @Test(arguments: [
        (Caps.none, 100), (Caps(hourCount: 40), 40), (Caps(hourSum: 2_550), 25),
        (Caps(dayCount: 30), 30), (Caps(daySum: 1_000), 10),
    ])
    func `a thousand authorizations at once exceed neither funds nor caps`(
        caps: Caps, passing: Int
    ) async throws {
        let ledger = try await TestLedger()
        defer { ledger.stop() }
        let (ann, bob) = try await (ledger.wallet(10_000), ledger.wallet())
        _ = try await ledger.commit.submit(.limit(ann, overdraft: 0, caps: caps))
        let results = await ledger.all(1_000) { _ in
            (.transfer(.authorization(from: ann, to: bob, 100)), nil)
        }
        let passed = results.filter { if case .success = $0 { true } else { false } }
        #expect(passed.count == passing)
        let view = try #require(try await ledger.account(ann))
        #expect(view.posted == 10_000)
        #expect(view.reserved == Int64(passing) * 100)
    }

    @Test func `caps given in a batch bind the payments of the same batch`() async throws {
        let ledger = try await TestLedger()
        defer { ledger.stop() }
        let (ann, bob) = try await (ledger.wallet(10_000), ledger.wallet())
        let limit = Command.limit(ann, overdraft: 0, caps: Caps(hourCount: 1))
        let pay = { Command.transfer(.payment(from: ann, to: bob, 1)) }
        let results = await ledger.together([limit, pay(), pay(), pay()])
        #expect(
            results.suffix(2).allSatisfy { $0.refusal == .hourCountCap }, "\(results)")
    }

    @Test func `caps look back an hour and to midnight, in the log`() async throws {
        let ledger = try await TestLedger()
        defer { ledger.stop() }
        let (ann, bob) = try await (ledger.wallet(10_000), ledger.wallet())
        let pay = { Command.transfer(.payment(from: ann, to: bob, 1)) }
        _ = try await ledger.commit.submit(.limit(ann, overdraft: 0, caps: Caps(hourCount: 2)))
        _ = await ledger.together([pay(), pay()])
        #expect(await ledger.together([pay()])[0].refusal == .hourCountCap)
        try ledger.execute("UPDATE event_batch SET recorded_at = recorded_at - 3570000000")
        #expect(await ledger.together([pay()])[0].refusal == .hourCountCap)
        try ledger.execute("UPDATE event_batch SET recorded_at = recorded_at - 30000000")
        #expect(await ledger.together([pay()])[0].refusal == nil)

        _ = try await ledger.commit.submit(.limit(ann, overdraft: 0, caps: Caps(dayCount: 3)))
        let midnight =
            "(extract(epoch FROM date_trunc('day', clock_timestamp())) * 1000000)::bigint"
        try ledger.execute("UPDATE event_batch SET recorded_at = \(midnight)")
        #expect(await ledger.together([pay()])[0].refusal == .dayCountCap)
        try ledger.execute("UPDATE event_batch SET recorded_at = \(midnight) - 1")
        #expect(await ledger.together([pay()])[0].refusal == nil)
    }

    @Test func `what the fail policy lets pass is capped across commits`() async throws {
        let policy = LedgerPolicy(
            onFailure: .postSmall(maximum: [840: 100], hourlySum: [840: 250]))
        let ledger = try await TestLedger(policy: policy)
        defer { ledger.stop() }
        let (ann, bob) = try await (ledger.wallet(10_000), ledger.wallet())
        func pay() async -> TransferState? {
            var order = Command.OpenTransfer.payment(from: ann, to: bob, 100)
            order.mode = .failAtOnce(.engineAbsent, withinMilliseconds: 500)
            return await ledger.together([.transfer(order)])[0].transfer?.state
        }
        #expect(await [pay(), pay(), pay()] == [.posted, .posted, .held])
        try ledger.execute("UPDATE event_batch SET recorded_at = recorded_at - 3600000000")
        #expect(await pay() == .posted)
    }

    @Test func `one key makes one transfer: in a batch, in the next, after a restart`()
        async throws
    {
        let ledger = try await TestLedger()
        let (ann, bob) = try await (ledger.wallet(100), ledger.wallet())
        let key = IdempotencyKey(key: .fresh(), request: .fresh())
        let other = IdempotencyKey(key: key.key, request: .fresh())
        // All of the funds, so that a second one could only be refused.
        let pay: @Sendable () -> Command = { .transfer(.payment(from: ann, to: bob, 100)) }
        var results = await ledger.all(50) { _ in (pay(), key) }
        results += await ledger.all(50) { _ in (pay(), key) }
        ledger.stop()
        let restarted = ledger.restarted()
        defer { restarted.stop() }
        results += await restarted.all(50) { _ in (pay(), key) }
        #expect(results.compactMap(\.transfer?.id).count == 150)
        #expect(Set(results.compactMap(\.transfer?.id)).count == 1)
        #expect(await restarted.all(1) { _ in (pay(), other) }[0].refusal == .idempotencyConflict)
        #expect(try ledger.number("SELECT count(*) FROM transfer WHERE kind = 1") == 1)
    }

    @Test func `an identifier that the database knows is refused by name`() async throws {
        let ledger = try await TestLedger()
        defer { ledger.stop() }
        let (ann, bob) = try await (ledger.wallet(100), ledger.wallet())
        let order = Command.OpenTransfer.payment(from: ann, to: bob, 1)
        let fine = Command.OpenTransfer.payment(from: ann, to: bob, 1)
        _ = await ledger.together([.transfer(order)])
        let results = await ledger.together([.transfer(order), .transfer(fine)])
        #expect(results[0].refusal == .duplicate)
        #expect(results[1].transfer?.state == .reserved)
    }

    @Test func `killed backends lose nothing and double nothing`() async throws {
        let ledger = try await TestLedger()
        defer { ledger.stop() }
        let (ann, bob) = try await (ledger.wallet(1_000_000), ledger.wallet())
        let isDone = Atomic(false)
        let kills = Task.detached {
            var count = 0
            while !isDone.load(ordering: .relaxed), count < 12 {
                try await Task.sleep(for: .milliseconds(40))
                count += Int(
                    try ledger.number(
                        """
                        SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                        WHERE datname = current_database() AND pid <> pg_backend_pid()
                        """))
            }
            return count
        }
        var answers: [TransferID] = []
        for round in 0..<40 {
            let results = await ledger.all(50) { _ in
                (.transfer(.payment(from: ann, to: bob, 1)), IdempotencyKey.fresh())
            }
            answers += results.compactMap(\.transfer?.id)
            #expect(results.allSatisfy { $0.transfer != nil }, "round \(round): \(results)")
        }
        isDone.store(true, ordering: .relaxed)
        #expect(try await kills.value > 0)
        #expect(Set(answers).count == 2_000)
        #expect(try ledger.number("SELECT count(*) FROM transfer WHERE kind = 1") == 2_000)
        #expect(try await ledger.account(ann)?.reserved == 2_000)
        try ledger.expectConsistent()
    }

    @Test func `two ledgers on one database keep one log and one set of balances`() async throws {
        let first = try await TestLedger()
        let second = first.restarted()
        defer {
            first.stop()
            second.stop()
        }
        let (ann, bob) = try await (first.wallet(500), first.wallet())
        let keys = (0..<400).map { _ in IdempotencyKey.fresh() }
        // Both get every key: each must be carried out by one of them only.
        async let a = first.all(400) { (.transfer(.payment(from: ann, to: bob, 1)), keys[$0]) }
        async let b = second.all(400) { (.transfer(.payment(from: ann, to: bob, 1)), keys[$0]) }
        let (results, others) = await (a, b)
        for (one, other) in zip(results, others) {
            #expect(one.transfer != nil && one.transfer?.id == other.transfer?.id)
        }
        #expect(try await first.account(ann)?.reserved == 400)
        async let c = first.all(100) { _ in (.transfer(.payment(from: ann, to: bob, 1)), nil) }
        async let d = second.all(100) { _ in (.transfer(.payment(from: ann, to: bob, 1)), nil) }
        let passed = await (c + d).filter { $0.transfer != nil }
        #expect(passed.count == 100)
        try first.expectConsistent()
    }
}
