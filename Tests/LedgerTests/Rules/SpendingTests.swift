import EventLog
import Testing

@testable import Ledger

/// Limits of whoever spends, over all their accounts.
@Suite struct SpendingTests {
    private static let usd: UInt16 = 840
    private static let spender = TransferID.number(900)
    /// 2023-11-30T23:00:00Z.
    private static let evening = Timestamp(1_701_385_200_000_000)

    private var plan = CommitPlan(
        policy: LedgerPolicy(), now: evening,
        head: .init(sequence: .zero, nextAccount: 1, epoch: 0, undecided: 0))

    init() throws {
        for kind in [AccountKind.funding, .wallet, .wallet, .wallet] {
            _ = try plan.apply(
                .openAccount(
                    .init(
                        publicID: PublicAccountID(uuid: .number(1)), owner: "", ownerToken: .none,
                        kind: kind, currency: Self.usd)), key: nil)
        }
        for wallet in 2...3 {
            _ = try plan.apply(
                .transfer(
                    .init(
                        id: .number(wallet), kind: .funding, currency: Self.usd,
                        payer: AccountID(1),
                        payee: AccountID(Int64(wallet)), amount: 10_000, mode: .immediate)),
                key: nil)
        }
    }

    private func payment(
        _ number: Int, from payer: Int64 = 2, kind: UInt8 = 1, _ amount: Int64,
        ofKind: SpendingLimit = SpendingLimit(), inAll: SpendingLimit = SpendingLimit(),
        mode: DecisionMode = .askEngine(withinMilliseconds: 500)
    ) -> Command {
        .transfer(
            .init(
                id: .number(number), kind: .payment, currency: Self.usd, payer: AccountID(payer),
                payee: AccountID(4), amount: amount, mode: mode,
                spending: SpendingCheck(
                    Spending(
                        spender: Self.spender, kind: kind, currency: Self.usd, amount: amount),
                    ofKind: ofKind, inAll: inAll)))
    }

    private mutating func refusal(_ command: Command) -> Refusal? {
        do throws(Refusal) {
            _ = try plan.apply(command, key: nil)
            return nil
        } catch { return error }
    }

    private mutating func next(at now: Timestamp) {
        var next = CommitPlan(policy: LedgerPolicy(), now: now, head: plan.head)
        next.accounts = plan.accounts
        next.transfers = plan.transfers
        next.tallies = plan.tallies
        plan = next
    }

    @Test mutating func `a payment above the limit of one is refused, at it is not`() {
        let limit = SpendingLimit(payment: 100)
        #expect(refusal(payment(10, 101, ofKind: limit)) == .paymentLimit)
        #expect(refusal(payment(10, 101, inAll: limit)) == .paymentLimit)
        #expect(refusal(payment(10, 100, ofKind: limit, inAll: limit)) == nil)
    }

    @Test
    mutating func `a day's limit counts all accounts, in the order of commits, until midnight`() {
        let limit = SpendingLimit(day: 150)
        #expect(refusal(payment(10, 100, inAll: limit)) == nil)
        #expect(refusal(payment(11, from: 3, 51, inAll: limit)) == .dayLimit)
        #expect(refusal(payment(11, from: 3, 50, inAll: limit)) == nil)
        // One hour later is the first of December.
        next(at: Self.evening.adding(seconds: 3_599))
        #expect(refusal(payment(12, 1, inAll: limit)) == .dayLimit)
        next(at: Self.evening.adding(seconds: 3_600))
        #expect(refusal(payment(12, 150, inAll: limit)) == nil)
    }

    @Test mutating func `a month's limit ends with the month, and kinds are counted apart`() {
        let limit = SpendingLimit(month: 100)
        #expect(refusal(payment(10, kind: 1, 100, ofKind: limit)) == nil)
        #expect(refusal(payment(11, kind: 2, 100, ofKind: limit)) == nil)
        #expect(refusal(payment(12, kind: 1, 1, ofKind: limit)) == .monthLimit)
        #expect(refusal(payment(12, kind: 3, 1, inAll: SpendingLimit(month: 200))) == .monthLimit)
        next(at: Self.evening.adding(seconds: 3_600))
        #expect(refusal(payment(12, kind: 1, 100, ofKind: limit)) == nil)
    }

    @Test mutating func `what is voided counts no more`() {
        let limit = SpendingLimit(day: 100)
        #expect(
            refusal(
                payment(
                    10, 100, inAll: limit, mode: .failAtOnce(.engineAbsent, withinMilliseconds: 1)))
                == nil)
        #expect(refusal(payment(11, 1, inAll: limit)) == .dayLimit)
        #expect(
            refusal(.review(.number(10), release: false, note: "", actor: "ida")) == nil)
        #expect(refusal(payment(11, 100, inAll: limit)) == nil)
    }

    @Test mutating func `what is voided on another day gives that day's sum back to nobody`() {
        let limit = SpendingLimit(day: 100, month: 1_000)
        #expect(
            refusal(
                payment(
                    10, 100, inAll: limit, mode: .failAtOnce(.engineAbsent, withinMilliseconds: 1)))
                == nil)
        next(at: Self.evening.adding(seconds: 3_600))
        #expect(refusal(payment(11, 60, inAll: limit)) == nil)
        #expect(
            refusal(.review(.number(10), release: false, note: "", actor: "ida")) == nil)
        #expect(refusal(payment(12, 41, inAll: limit)) == .dayLimit)
        #expect(refusal(payment(12, 40, inAll: limit)) == nil)
    }

    @Test mutating func `something that is good until a moment is refused from then on`() {
        var order = Command.OpenTransfer(
            id: .number(10), kind: .exchange, currency: Self.usd, payer: AccountID(2),
            payee: AccountID(4), amount: 1, mode: .immediate,
            validUntil: Self.evening.adding(seconds: 10), happensOnce: true)
        next(at: Self.evening.adding(seconds: 10))
        #expect(refusal(.transfer(order)) == .tooLate)
        order.validUntil = Self.evening.adding(seconds: 11)
        #expect(refusal(.transfer(order)) == nil)
        #expect(refusal(.transfer(order)) == .duplicate)
    }
}
