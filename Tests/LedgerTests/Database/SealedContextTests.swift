import EventLog
import PostgreSQL
import TestCluster
import Testing
import Vault

@testable import Ledger

@Suite struct SealedContextTests {
    private static let told = RiskContext(
        device: Token(0x1122_3344_5566_7788), instrument: Token(0x2122_3344_5566_7789),
        address: Token(3), latitude: 52_520_000, longitude: -13_405_000, hasPlace: true,
        merchantCategory: 5_411, country: CountryCode("DE") ?? .none, initiatedAt: Timestamp(77))

    private func pay(
        _ ledger: TestLedger, from payer: AccountID, to payee: AccountID, _ context: RiskContext
    ) async throws {
        _ = try await ledger.commit.submit(
            .transfer(
                .init(
                    id: .number(Int.random(in: 1_000...Int.max)), kind: .payment, currency: 840,
                    payer: payer, payee: payee, amount: 1,
                    mode: .askEngine(withinMilliseconds: 60_000), context: context)))
    }

    /// All contexts of the log, by the payer of their event.
    private func contexts(
        _ ledger: TestLedger, _ keyring: Keyring = TestLedger.contextKeys
    ) throws -> [AccountID: [RiskContext]] {
        var connection = try Connection(ledger.database)
        var opener = ContextOpener(keyring)
        var found: [AccountID: [RiskContext]] = [:]
        for stored in try LogReader.batches(
            after: .zero, limit: 10_000, opening: &opener, &connection)
        {
            let events = try EventBatch(encoded: stored.payload)
            for item in stored.contexts.items {
                found[events.payer(at: item.index), default: []].append(item.value)
            }
        }
        return found
    }

    private func count(_ ledger: TestLedger, _ sql: String) throws -> Int64 {
        var connection = try Connection(ledger.database)
        return try connection.query(Statement("count", sql)).int(0, 0)
    }

    @Test func `contexts are read as they were told, and nothing of them is in the tables`()
        async throws
    {
        let ledger = try await TestLedger()
        defer { ledger.stop() }
        let (ann, bob) = (try await ledger.wallet(100), try await ledger.wallet(100))
        var other = RiskContext(device: Token(9))
        other.merchantCategory = 1
        try await pay(ledger, from: ann, to: bob, Self.told)
        try await pay(ledger, from: bob, to: ann, other)
        try await pay(ledger, from: ann, to: bob, other)
        #expect(try contexts(ledger) == [ann: [Self.told, other], bob: [other]])
        for bytes in ["8877665544332211", "8977665544332221", "1122334455667788"] {
            #expect(
                try count(
                    ledger,
                    "SELECT count(*) FROM risk_context WHERE position('\\x\(bytes)' IN sealed) > 0")
                    == 0)
        }
        // One key an account.
        #expect(try count(ledger, "SELECT count(*) FROM context_key") == 2)
    }

    @Test func `another writer seals under keys of its own, and all are opened`() async throws {
        let ledger = try await TestLedger()
        let (ann, bob) = (try await ledger.wallet(100), try await ledger.wallet(100))
        try await pay(ledger, from: ann, to: bob, Self.told)
        ledger.stop()
        let next = ledger.restarted()
        defer { next.stop() }
        try await pay(next, from: ann, to: bob, Self.told)
        #expect(try contexts(next) == [ann: [Self.told, Self.told]])
        #expect(try count(next, "SELECT count(*) FROM context_key") == 2)
    }

    @Test func `what is erased is empty for all readers, of this account and of no other`()
        async throws
    {
        let ledger = try await TestLedger()
        defer { ledger.stop() }
        let (ann, bob) = (try await ledger.wallet(100), try await ledger.wallet(100))
        try await pay(ledger, from: ann, to: bob, Self.told)
        try await pay(ledger, from: bob, to: ann, Self.told)
        await #expect(throws: LedgerError.refused(.accountActive)) {
            try await ledger.commit.submit(.eraseContext(ann))
        }
        #expect(try contexts(ledger)[ann] == [Self.told])
        #expect(try await ledger.queries.firstUnrebasedErasure() == nil)
        _ = try await ledger.commit.submit(.freeze(ann, debits: true, credits: nil))
        _ = try await ledger.commit.submit(.eraseContext(ann))
        #expect(try contexts(ledger) == [ann: [.empty], bob: [Self.told]])
        #expect(try count(ledger, "SELECT count(*) FROM context_key WHERE data_key IS NULL") == 1)
        #expect(try await ledger.queries.firstUnrebasedErasure() != nil)
        _ = try await ledger.commit.submit(.rebase)
        #expect(try await ledger.queries.firstUnrebasedErasure() == nil)
        // What is told later is sealed under a key that is there.
        _ = try await ledger.commit.submit(.freeze(ann, debits: false, credits: nil))
        try await pay(ledger, from: ann, to: bob, Self.told)
        #expect(try contexts(ledger)[ann] == [.empty, Self.told])
    }

    @Test func `a context under a master key that is not there is an error that names the event`()
        async throws
    {
        let ledger = try await TestLedger()
        defer { ledger.stop() }
        let (ann, bob) = (try await ledger.wallet(100), try await ledger.wallet(100))
        try await pay(ledger, from: ann, to: bob, Self.told)
        let foreign = Keyring(current: try MasterKey(bytes: [UInt8](repeating: 5, count: 32)))
        let error = #expect(throws: PostgreSQLError.self) { try contexts(ledger, foreign) }
        #expect("\(try #require(error))".contains("the risk context of event"))
    }

    @Test func `keys of a commit that was not carried out are not used again`() throws {
        var sealer = ContextSealer(TestLedger.contextKeys)
        sealer.begin(lastErasure: nil)
        let first = try sealer.seal(Self.told, at: Sequence(5), of: AccountID(1))
        #expect(sealer.newKeys.map(\.id) == [Sequence(5)])
        sealer.begin(lastErasure: nil)
        #expect(sealer.newKeys.isEmpty)
        let second = try sealer.seal(Self.told, at: Sequence(5), of: AccountID(1))
        #expect(sealer.newKeys.map(\.id) == [Sequence(5)])
        #expect(first.sealed != second.sealed)
        sealer.confirm()
        sealer.begin(lastErasure: nil)
        #expect(try sealer.seal(Self.told, at: Sequence(9), of: AccountID(1)).key == Sequence(5))
        #expect(sealer.newKeys.isEmpty)
    }

    @Test func `a key that another process destroyed is not used again`() async throws {
        let ledger = try await TestLedger()
        let other = ledger.restarted()
        defer {
            ledger.stop()
            other.stop()
        }
        let (ann, bob) = (try await ledger.wallet(100), try await ledger.wallet(100))
        try await pay(ledger, from: ann, to: bob, Self.told)
        _ = try await other.commit.submit(.freeze(ann, debits: true, credits: nil))
        _ = try await other.commit.submit(.eraseContext(ann))
        _ = try await other.commit.submit(.freeze(ann, debits: false, credits: nil))
        try await pay(ledger, from: ann, to: bob, Self.told)
        #expect(try contexts(ledger)[ann] == [.empty, Self.told])
    }

    @Test
    func `what is told behind an erasure in the same commit is kept, what is told before goes`()
        async throws
    {
        let ledger = try await TestLedger()
        defer { ledger.stop() }
        let (ann, bob) = (try await ledger.wallet(100), try await ledger.wallet(100))
        @Sendable func payment() -> Command {
            .transfer(
                .init(
                    id: .number(Int.random(in: 1_000...Int.max)), kind: .payment, currency: 840,
                    payer: ann, payee: bob, amount: 1,
                    mode: .askEngine(withinMilliseconds: 60_000), context: Self.told))
        }
        let commands: [Command] = [
            .freeze(ann, debits: true, credits: nil), .eraseContext(ann),
            .freeze(ann, debits: false, credits: nil),
        ]
        try await pay(ledger, from: ann, to: bob, Self.told)
        _ = await ledger.all(1) { _ in (payment(), nil) }
        await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
            ledger.commit.submit(all: commands + [payment()]) { index, _ in
                if index == 3 { done.resume() }
            }
        }
        #expect(try contexts(ledger)[ann]?.last == Self.told)
        #expect(try contexts(ledger)[ann]?.dropLast().allSatisfy { $0 == .empty } == true)
    }

    @Test func `what an earlier version kept in clear is sealed, and the clear is gone`()
        async throws
    {
        let ledger = try await TestLedger()
        defer { ledger.stop() }
        let (ann, bob) = (try await ledger.wallet(100), try await ledger.wallet(100))
        for _ in 0..<3 { try await pay(ledger, from: ann, to: bob, Self.told) }
        try await pay(ledger, from: bob, to: ann, RiskContext(device: Token(1)))
        var connection = try Connection(ledger.database)
        try connection.execute(
            """
            INSERT INTO plain_risk_context (sequence, device, instrument, address, latitude, longitude,
                merchant_category, initiated_at, country)
            SELECT sequence, \(Self.told.device.rawValue), \(Self.told.instrument.rawValue), 3, 52520000,
                -13405000, 5411, 77, \(Self.told.country.rawValue) FROM risk_context;
            DELETE FROM risk_context; DELETE FROM context_key;
            """)
        try PlainContexts.seal(under: TestLedger.contextKeys, &connection)
        #expect(
            try contexts(ledger)
                == [ann: [Self.told, Self.told, Self.told], bob: [Self.told]])
        #expect(try count(ledger, "SELECT count(*) FROM plain_risk_context") == 0)
        #expect(try count(ledger, "SELECT count(*) FROM context_key") == 2)
        // Nothing is left to do.
        try PlainContexts.seal(under: TestLedger.contextKeys, &connection)
    }
}
