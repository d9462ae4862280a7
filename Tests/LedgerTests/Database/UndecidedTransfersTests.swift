import EventLog
import PostgreSQL
import SplitMix
import Testing

@testable import Ledger

/// What is undecided is known from the log alone, wherever in it somebody starts.
@Suite struct UndecidedTransfersTests {
    @Test(arguments: [1, 2, 3] as [UInt64])
    func `reading backwards from any head finds what following the log from its start has found`(
        seed: UInt64
    ) async throws {
        let ledger = try await TestLedger()
        defer { ledger.stop() }
        var random = SplitMix64(seed: seed)
        let (ann, bob) = try await (ledger.wallet(1_000_000), ledger.wallet(1_000_000))
        var reserved: [Transfer] = []
        for _ in 0..<60 {
            let commands = (0..<Int.random(in: 1...20, using: &random)).map { _ in
                command(ann, bob, reserved.randomElement(using: &random), &random)
            }
            let opened = await ledger.together(commands).compactMap(\.transfer)
            reserved += opened.filter { $0.state == .reserved }
        }
        var connection = try Connection(ledger.database)
        let batches = try LogReader.batches(after: .zero, limit: 10_000, &connection)
        #expect(batches.count > 60)
        let newest = try LogReader.head(&connection)
        var following = UndecidedTransfers()
        var most = 0
        for stored in batches {
            following.follow(try EventBatch(encoded: stored.payload))
            var head = newest
            head.sequence = stored.lastSequence
            head.undecided = Int64(following.count)
            let read = try UndecidedTransfers(upTo: head, on: &connection)
            #expect(
                read.due(at: Timestamp(.max)) == following.due(at: Timestamp(.max)), "seed \(seed)")
            most = max(most, following.count)
        }
        #expect(Int64(following.count) == newest.undecided && most > 20)
        let rows = try connection.query(
            Statement("reserved", "SELECT id FROM transfer WHERE state = 1"))
        let inTable = (0..<rows.count).map {
            TransferID(high: rows.uuid($0, 0).high, low: rows.uuid($0, 0).low)
        }
        #expect(Set(following.due(at: Timestamp(.max))) == Set(inTable))
        // They have a minute, of which nothing has passed by the log's own times.
        #expect(following.due(at: Timestamp(0)).isEmpty)
    }

    private func command(
        _ ann: AccountID, _ bob: AccountID, _ pick: Transfer?, _ random: inout SplitMix64
    ) -> Command {
        var draw = Int.random(in: 0..<10, using: &random)
        if pick == nil { draw %= 5 }
        let id = pick?.id ?? .none
        switch draw {
        case 0..<4:
            var order =
                Bool.random(using: &random)
                ? Command.OpenTransfer.payment(from: ann, to: bob, 5)
                : .authorization(from: bob, to: ann, 5)
            order.mode = .askEngine(withinMilliseconds: 60_000)
            return .transfer(order)
        case 4:
            var order = Command.OpenTransfer.payment(from: ann, to: bob, 5)
            order.mode = .failAtOnce(.engineAbsent, withinMilliseconds: 60_000)
            return .transfer(order)
        case 5: return .label(id, .cleared, actor: "eve")
        case 6: return .decideByPolicy(id)
        case 7: return .review(id, release: true, note: "", actor: "eve")
        default:
            guard let pick else { return .decideByPolicy(id) }
            var decision = Decision.approve(pick)
            let actions: [DecisionAction] = [.approve, .approve, .hold, .challenge, .decline]
            decision.action = actions.randomElement(using: &random) ?? .approve
            return .decide(.init(transfer: id, decision: decision, detail: nil, leaseToken: 0))
        }
    }
}
