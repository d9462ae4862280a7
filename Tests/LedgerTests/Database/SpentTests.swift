import EventLog
import TestCluster
import Testing

@testable import Ledger

/// What spenders have spent, as one writer leaves it and the next one finds it.
@Suite struct SpentTests {
    private static let spender = TransferID.number(77)
    private static let currency: UInt16 = 978

    private func payment(_ from: AccountID, _ to: AccountID, _ amount: Int64)
        -> Command.OpenTransfer
    {
        var order = Command.OpenTransfer.payment(from: from, to: to, amount)
        order.spending = SpendingCheck(
            Spending(spender: Self.spender, kind: 2, currency: Self.currency, amount: amount),
            ofKind: SpendingLimit(), inAll: SpendingLimit(day: 1_000))
        return order
    }

    private func decline(_ transfer: Transfer) -> Command {
        var decision = Decision.approve(transfer)
        decision.action = .decline
        return .decide(
            .init(transfer: transfer.id, decision: decision, detail: nil, leaseToken: 0))
    }

    @Test func `each writer goes on from what the one before it left, whether spent or given back`()
        async throws
    {
        let ledger = try await TestLedger()
        defer { ledger.stop() }
        let (ann, bob) = try await (ledger.wallet(100_000), ledger.wallet())
        /// By a writer that remembers nothing.
        func together(_ commands: [Command]) async -> [Result<Effect, LedgerError>] {
            let writer = ledger.restarted()
            defer { writer.stop() }
            return await writer.together(commands)
        }
        func pay(_ amount: Int64) async -> Result<Effect, LedgerError> {
            await together([.transfer(payment(ann, bob, amount))])[0]
        }
        func spent() async throws -> [UInt8: SpendingCount] {
            try await ledger.queries.spent(by: Self.spender, in: Self.currency)
        }
        func expectSpent(_ sum: Int64) async throws {
            let count = SpendingCount(daySum: sum, monthSum: sum)
            #expect(try await spent() == [0: count, 2: count])
        }
        #expect(try await spent() == [:])
        #expect(await pay(1_001).refusal == .dayLimit)
        // Two in one commit: the last carries what both make.
        let both = await together([400, 200].map { .transfer(payment(ann, bob, $0)) })
        #expect(both.allSatisfy { $0.transfer != nil })
        #expect(try ledger.number("SELECT count(*) FROM transfer WHERE spent_by IS NOT NULL") == 1)
        try await expectSpent(600)
        #expect(await pay(401).refusal == .dayLimit)
        let third = try #require(await pay(400).transfer)
        try await expectSpent(1_000)
        // A commit that only gives back writes it by itself.
        #expect(await together([decline(third)])[0].transfer?.state == .voided)
        #expect(try ledger.number("SELECT count(*) FROM spending") == 1)
        try await expectSpent(600)
        #expect(await pay(401).refusal == .dayLimit)
        let fourth = try #require(await pay(400).transfer)
        try await expectSpent(1_000)
        // One that gives back and counts again, in either order, has it on the transfer.
        let mixed = await together([
            decline(fourth), .transfer(payment(ann, bob, 150)),
        ])
        #expect(mixed[1].refusal == nil)
        try await expectSpent(750)
        let fifth = try #require(mixed[1].transfer)
        let turned = await together([.transfer(payment(ann, bob, 250)), decline(fifth)])
        #expect(turned[0].transfer != nil && turned[1].transfer?.state == .voided)
        try await expectSpent(850)
        #expect(await pay(151).refusal == .dayLimit)
        #expect(await pay(150).refusal == nil)
        try ledger.expectConsistent()
    }

    @Test(
        "What cannot be read is an error, not nothing spent",
        arguments: ["substr(spent, 2)", "NULL", "''", "set_byte(spent, 11, 255)"])
    func unreadable(_ change: String) async throws {
        let ledger = try await TestLedger()
        defer { ledger.stop() }
        let (ann, bob) = try await (ledger.wallet(100_000), ledger.wallet())
        #expect(await ledger.together([.transfer(payment(ann, bob, 10))])[0].transfer != nil)
        try ledger.execute("UPDATE transfer SET spent = \(change) WHERE spent IS NOT NULL")
        let writer = ledger.restarted()
        defer { writer.stop() }
        let results = await writer.together([
            .transfer(payment(ann, bob, 10)), .transfer(.payment(from: ann, to: bob, 5)),
        ])
        guard case .failure(.unavailable(let cause)) = results[0] else {
            Issue.record("\(results[0])")
            return
        }
        #expect("\(cause)".contains("cannot be read"), "\(cause)")
        // Payments of others are not stopped by it.
        #expect(results[1].transfer != nil)
    }
}
