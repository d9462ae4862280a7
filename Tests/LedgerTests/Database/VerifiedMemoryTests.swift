import EventLog
import PostgreSQL
import TestCluster
import Testing

@testable import Ledger

/// What a writer remembers counts only while nobody else wrote, and what it reads ahead only if nothing changed it.
@Suite struct VerifiedMemoryTests {
    @Test func `a writer that remembers accounts sees what another one did to them`() async throws {
        let first = try await TestLedger()
        let second = first.restarted()
        defer {
            first.stop()
            second.stop()
        }
        let (ann, bob) = try await (first.wallet(500), first.wallet())
        func pay(_ ledger: TestLedger, _ amount: Int64) async -> Refusal? {
            await ledger.together([.transfer(.payment(from: ann, to: bob, amount))])[0].refusal
        }
        #expect(await pay(first, 100) == nil)
        _ = await second.together([.freeze(ann, debits: true, credits: nil)])
        #expect(await pay(first, 100) == .debitsFrozen)
        _ = await second.together([.freeze(ann, debits: false, credits: nil)])
        #expect(await pay(second, 390) == nil)
        #expect(await pay(first, 20) == .insufficientFunds)
        #expect(await pay(first, 10) == nil)
        #expect(await pay(second, 1) == .insufficientFunds)
        _ = await first.together([.limit(ann, overdraft: 50, caps: Caps(hourCount: 4))])
        #expect(await pay(second, 20) == nil)
        #expect(await pay(first, 20) == .hourCountCap)
        #expect(try await first.account(ann)?.reserved == 520)
        try first.expectConsistent()
    }

    @Test func `an authorization is captured once by batches that are read ahead of each other`()
        async throws
    {
        let ledger = try await TestLedger()
        defer { ledger.stop() }
        let (ann, bob) = try await (ledger.wallet(10_000), ledger.wallet())
        let count = 70
        let orders = (0..<count).map { _ in
            Command.OpenTransfer.authorization(from: ann, to: bob, 100)
        }
        let reserved = await ledger.together(orders.map { .transfer($0) }).compactMap(\.transfer)
        let authorized = await ledger.together(
            reserved.map {
                .decide(.init(transfer: $0.id, decision: .approve($0), detail: nil, leaseToken: 0))
            })
        #expect(authorized.compactMap(\.transfer).allSatisfy { $0.state == .authorized })
        #expect(authorized.count == count)

        // One that remembers nothing, and whose batches are a little smaller than the number of authorizations.
        let other = ledger.restarted(maximumBatch: 64)
        defer { other.stop() }
        // Its second connection is open before it matters, and commits take their time: what is read ahead is read
        // before the batch in front of it is there to be seen.
        try ledger.execute(
            """
            CREATE FUNCTION linger() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN PERFORM pg_sleep(0.02); RETURN NULL; END $$;
            CREATE CONSTRAINT TRIGGER linger AFTER INSERT ON event_batch
                DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION linger();
            """)
        _ = await other.together(
            (0..<320).map { .label(orders[$0 % count].id, .cleared, actor: "eve") })
        let captures = await other.together(
            (0..<count * 15).map { .capture(orders[$0 % count].id, amount: nil, final: true) })
        #expect(captures.filter { $0.transfer?.state == .posted }.count == count)
        #expect(captures.filter { $0.refusal == .wrongState }.count == count * 14)
        #expect(try await ledger.account(bob)?.posted == Int64(count) * 100)
        #expect(try await ledger.account(ann)?.reserved == 0)
        try ledger.expectConsistent()
    }

    @Test func `what another writer carried out under a key is answered from there, not refused`()
        async throws
    {
        let first = try await TestLedger()
        let second = first.restarted()
        defer {
            first.stop()
            second.stop()
        }
        let (ann, bob) = try await (first.wallet(500), first.wallet())
        let (payment, key) = (
            Command.transfer(.payment(from: ann, to: bob, 100)), IdempotencyKey.fresh()
        )
        guard case .transfer(let opened, false) = try await first.commit.submit(payment, key: key),
            case .transfer(let again, true) = try await second.commit.submit(payment, key: key)
        else {
            Issue.record("it was not carried out once")
            return
        }
        #expect(again.id == opened.id)
        // Without a key nobody can tell whose it is.
        await #expect(throws: LedgerError.refused(.duplicate)) {
            try await second.commit.submit(payment)
        }
        try first.expectConsistent()
    }

    @Test
    func `batches that went ahead of one that the database refuses are carried out all the same`()
        async throws
    {
        let first = try await TestLedger()
        let second = first.restarted(maximumBatch: 64)
        defer {
            first.stop()
            second.stop()
        }
        let (ann, bob) = try await (first.wallet(10_000), first.wallet())
        let taken = Command.transfer(.payment(from: ann, to: bob, 1))
        _ = await first.together([taken])
        // Only the database knows that the identifier is taken: it refuses the whole batch.
        for place in [10, 100, 300] {
            var commands = (0..<320).map { _ in Command.transfer(.payment(from: ann, to: bob, 1)) }
            commands[place] = taken
            let results = await second.together(commands)
            #expect(results.compactMap(\.transfer).count == 319)
            #expect(results[place].refusal == .duplicate)
        }
        #expect(try await first.account(ann)?.reserved == 3 * 319 + 1)
        try first.expectConsistent()
    }
}
