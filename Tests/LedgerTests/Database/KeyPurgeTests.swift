import EventLog
import PostgreSQL
import Testing

@testable import Ledger

/// Idempotency keys are forgotten once they are old, and not a moment before.
@Suite struct KeyPurgeTests {
    private static let daySeconds: Int64 = 86_400

    /// A ledger with two wallets, and what a payment between them was answered with.
    private struct Setting {
        let ledger: TestLedger
        let ann: AccountID
        let bob: AccountID

        init() async throws {
            ledger = try await TestLedger()
            (ann, bob) = try await (ledger.wallet(10_000), ledger.wallet())
        }

        /// Nil if it was refused.
        func pay(_ key: IdempotencyKey, by other: TestLedger? = nil) async -> (TransferID, Bool)? {
            let payment = Command.transfer(.payment(from: ann, to: bob, 10))
            guard
                case .transfer(let transfer, let isReplay)? = try? await (other ?? ledger).commit
                    .submit(payment, key: key)
            else { return nil }
            return (transfer.id, isReplay)
        }

        /// As if everything up to now had been recorded earlier.
        func age(days: Double) throws {
            let micros = Int64(days * 86_400e6)
            try ledger.execute("UPDATE event_batch SET recorded_at = recorded_at - \(micros)")
            try ledger.execute("UPDATE ledger_head SET recorded_at = recorded_at - \(micros)")
        }

        func purge(
            days: Int64, limit: Int = 1_000, after last: LedgerQueries.KeyPurge = .init()
        ) async throws -> LedgerQueries.KeyPurge {
            try await ledger.queries.purgeKeys(
                olderThanSeconds: days * KeyPurgeTests.daySeconds, after: last, limit: limit)
        }

        var keys: Int64 { get throws { try ledger.number("SELECT count(*) FROM idempotency") } }
    }

    @Test func `a key is known throughout its retention, and stands for a new request after it`()
        async throws
    {
        let setting = try await Setting()
        defer { setting.ledger.stop() }
        let (old, young) = (IdempotencyKey.fresh(), IdempotencyKey.fresh())
        let first = try #require(await setting.pay(old))
        #expect(!first.1)
        // The last event that is old enough keeps its key for as long as no other is.
        _ = try await setting.ledger.wallet()
        try setting.age(days: 29.999)
        let second = try #require(await setting.pay(young))
        #expect(try await setting.purge(days: 30).count == 0)
        #expect(try #require(await setting.pay(old)) == (first.0, true))

        try setting.age(days: 0.01)
        #expect(try await setting.purge(days: 30).count == 1)
        // Another writer, which has not heard of either key.
        let other = setting.ledger.restarted()
        defer { other.stop() }
        for writer in [setting.ledger, other] {
            #expect(try #require(await setting.pay(young, by: writer)) == (second.0, true))
        }
        let again = try #require(await setting.pay(old, by: other))
        #expect(again.0 != first.0 && !again.1)
        #expect(try #require(await setting.pay(old)) == (again.0, true))
        #expect(try await setting.ledger.account(setting.ann)?.reserved == 30)
        try setting.ledger.expectConsistent()
    }

    @Test func `a key whose command left no event is as old as its batch, not as the one before`()
        async throws
    {
        let setting = try await Setting()
        defer { setting.ledger.stop() }
        try setting.age(days: 40)
        let key = IdempotencyKey.fresh()
        // The house is there already: the key bears the sequence of an event that is forty days old.
        let open = Command.openAccount(
            .init(
                publicID: PublicAccountID(uuid: .fresh()), owner: "house", ownerToken: Token(1),
                kind: .funding, currency: 840))
        let results = await setting.ledger.all(2) { index in
            index == 0
                ? (open, key)
                : (.transfer(.payment(from: setting.ann, to: setting.bob, 1)), .fresh())
        }
        #expect(results.allSatisfy { if case .success = $0 { true } else { false } })
        let stored = try setting.keys
        #expect(try await setting.purge(days: 30).count == 0)
        #expect(try setting.keys == stored)
    }

    @Test func `a purge goes in small steps, from the oldest key on, by way of the index`()
        async throws
    {
        let setting = try await Setting()
        defer { setting.ledger.stop() }
        for _ in 0..<5 {
            _ = await setting.ledger.all(5) { _ in
                (.transfer(.payment(from: setting.ann, to: setting.bob, 1)), .fresh())
            }
        }
        try setting.age(days: 31)
        let young = IdempotencyKey.fresh()
        #expect(await setting.pay(young) != nil)
        // A table that is worth an index.
        try setting.ledger.execute(
            """
            INSERT INTO idempotency (key, request, sequence, answer)
            SELECT gen_random_uuid(), gen_random_uuid(), 1000000 + i, '' FROM generate_series(1, 50000) i
            """)
        let scans = "SELECT seq_scan FROM pg_stat_user_tables WHERE relname = 'idempotency'"
        let before = try setting.ledger.number(scans)
        var purge = LedgerQueries.KeyPurge()
        var counts: [Int] = []
        for _ in 0..<9 {
            let next = try await setting.purge(days: 30, limit: 10, after: purge)
            #expect(next.position >= purge.position)
            purge = next
            counts.append(purge.count)
        }
        // The keys of the last event that is old enough stay until there is a later one.
        #expect(counts == [10, 10, 4, 0, 0, 0, 0, 0, 0])
        #expect(try setting.keys == 50_002)
        // The reading session reports what it did at the latest when it ends.
        setting.ledger.stop()
        let lookups = """
            SELECT idx_scan FROM pg_stat_user_indexes WHERE indexrelname = 'idempotency_sequence'
            """
        while try setting.ledger.number(lookups) < 9 {
            try await Task.sleep(for: .milliseconds(20))
        }
        // One for the count above.
        #expect(try setting.ledger.number(scans) - before <= 1)
    }

    @Test(arguments: [true, false])
    func `a repeat that comes upon a purge under way waits for it, and is then new or the old one`(
        isPurged: Bool
    ) async throws {
        let setting = try await Setting()
        defer { setting.ledger.stop() }
        let key = IdempotencyKey.fresh()
        let first = try #require(await setting.pay(key))
        let other = setting.ledger.restarted()
        defer { other.stop() }
        var purging = try Connection(setting.ledger.database)
        try purging.execute("BEGIN; DELETE FROM idempotency")
        // Who has heard of the key reads it, and need not wait.
        #expect(try #require(await setting.pay(key)) == (first.0, true))
        async let repeated = setting.pay(key, by: other)
        let waiting = """
            SELECT count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND wait_event_type = 'Lock'
            """
        while try setting.ledger.number(waiting) == 0 {
            try await Task.sleep(for: .milliseconds(10))
        }
        try purging.execute(isPurged ? "COMMIT" : "ROLLBACK")
        let answer = try #require(await repeated)
        #expect(answer.1 != isPurged)
        #expect((answer.0 == first.0) != isPurged)
        #expect(
            try await setting.ledger.account(setting.ann)?.reserved == (isPurged ? 20 : 10))
        #expect(try setting.keys == 1)
        try setting.ledger.expectConsistent()
    }

    @Test func `keys repeated by many while all are purged again and again are never half a key`()
        async throws
    {
        let setting = try await Setting()
        defer { setting.ledger.stop() }
        let other = setting.ledger.restarted()
        defer { other.stop() }
        let keys = (0..<20).map { _ in IdempotencyKey.fresh() }
        let purging = Task {
            var count = 0
            while !Task.isCancelled {
                count += try await setting.purge(days: 0, limit: 3).count
            }
            return count
        }
        let answers = await withTaskGroup(of: (TransferID, Bool)?.self) { group in
            for index in 0..<800 {
                group.addTask {
                    await setting.pay(
                        keys[index * 7 % keys.count], by: index % 2 == 0 ? other : nil)
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        purging.cancel()
        #expect(try await purging.value > 0)
        #expect(answers.allSatisfy { $0 != nil })
        // Each transfer was opened once, and only what was opened locks money.
        let opened = answers.compactMap { $0 }.filter { !$0.1 }.map(\.0)
        #expect(Set(opened).count == opened.count)
        #expect(Set(answers.compactMap { $0?.0 }) == Set(opened))
        #expect(
            try await setting.ledger.account(setting.ann)?.reserved == Int64(opened.count) * 10)
        #expect(
            try setting.ledger.number("SELECT count(*) FROM transfer WHERE kind = 1")
                == Int64(opened.count))
        try setting.ledger.expectConsistent()
    }
}
