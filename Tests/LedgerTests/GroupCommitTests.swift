import EventLog
import Logging
import PostgreSQL
import Testing
import TestCluster

@testable import Ledger

@Suite struct GroupCommitTests {
    @Test func `a payment is reserved, decided and posted, and its key is carried out once`()
        async throws
    {
        let database = try await TestCluster.newDatabase()
        let commit = GroupCommit(
            GroupCommit.Configuration(connection: database, contextKeys: TestLedger.contextKeys),
            logger: Logger(label: "test")
        ) { _ in }
        defer { commit.stop() }
        let house = try await commit.open(.funding)
        let ann = try await commit.open(.wallet)
        let bob = try await commit.open(.wallet)
        _ = try await commit.submit(.transfer(.funding(from: house, to: ann, 10_000)))

        let key = IdempotencyKey(key: .fresh(), request: .fresh())
        let payment = Command.transfer(.payment(from: ann, to: bob, 2_500))
        guard case .transfer(let reserved, false) = try await commit.submit(payment, key: key)
        else {
            Issue.record("the payment was not opened")
            return
        }
        #expect(reserved.state == .reserved)
        let decision = Command.decide(
            .init(transfer: reserved.id, decision: .approve(reserved), detail: nil, leaseToken: 0))
        guard case .transfer(let posted, _) = try await commit.submit(decision) else { return }
        #expect(posted.state == .posted)
        guard case .transfer(let again, true) = try await commit.submit(payment, key: key) else {
            Issue.record("the repeated key was carried out again")
            return
        }
        #expect(again.id == reserved.id && again.state == .posted)
        await #expect(throws: LedgerError.refused(.idempotencyConflict)) {
            try await commit.submit(payment, key: IdempotencyKey(key: key.key, request: .fresh()))
        }
        await #expect(throws: LedgerError.refused(.insufficientFunds)) {
            try await commit.submit(.transfer(.payment(from: ann, to: bob, 7_501)))
        }
    }
}

extension TransferID {
    static func fresh() -> TransferID {
        var random = SystemRandomNumberGenerator()
        return TransferID(milliseconds: 1_700_000_000_000, random: &random)
    }
}

extension Decision {
    static func approve(_ transfer: Transfer) -> Decision {
        Decision(
            action: .approve, scoreBits: (0.01).bitPattern, featureDigest: 1,
            sequence: transfer.createdSequence,
            epoch: 0, elapsedMicros: 1)
    }
}

extension Command.OpenTransfer {
    static func payment(from payer: AccountID, to payee: AccountID, _ amount: Int64) -> Self {
        Self(
            id: .fresh(), kind: .payment, currency: 840, payer: payer, payee: payee, amount: amount,
            mode: .askEngine(withinMilliseconds: 500))
    }
    static func funding(from payer: AccountID, to payee: AccountID, _ amount: Int64) -> Self {
        Self(
            id: .fresh(), kind: .funding, currency: 840, payer: payer, payee: payee, amount: amount,
            mode: .immediate)
    }
}

extension GroupCommit {
    func open(_ kind: AccountKind) async throws -> AccountID {
        let effect = try await submit(
            .openAccount(
                .init(
                    publicID: PublicAccountID(uuid: .fresh()), owner: "o", ownerToken: Token(7),
                    kind: kind,
                    currency: 840)))
        guard case .account(let account, _, _) = effect else {
            throw LedgerError.corrupt("\(effect)")
        }
        return account.id
    }
}
