import EventLog
import SplitMix

@testable import Ledger

extension SplitMix64 {
    mutating func chance(_ percent: Int) -> Bool { below(100) < percent }
    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[below(elements.count)]
    }
}

/// One step of a random history. It makes sense whatever came before, so that any step can be left out.
enum Step: Sendable, CustomStringConvertible {
    case command(Command, IdempotencyKey?)
    /// An engine's decision about the transfer of that number; it says the right sequence and epoch but for what
    /// is added to them.
    case decide(
        number: Int, DecisionAction, sequenceOff: Int64, epochOff: UInt32, leaseOff: Int64)
    /// Something that fits the state of one of the transfers that wait, whichever they are by then.
    case goOn(pick: Int, draw: Int)
    /// The next batch begins, this much later.
    case later(microseconds: Int64)
    /// The next batch begins exactly when the transfer's state expires and ends it, or a microsecond earlier.
    case expiry(number: Int, early: Int64)

    var description: String {
        switch self {
        case .command(let command, let key): "\(command)\(key.map { " key \($0.key)" } ?? "")"
        case .decide(let number, let action, let sequence, let epoch, let lease):
            "decide #\(number) \(action) +\(sequence) +\(epoch) +\(lease)"
        case .goOn(let pick, let draw): "go on with waiting transfer \(pick), draw \(draw)"
        case .later(let microseconds): "-- \(microseconds) µs later"
        case .expiry(let number, let early): "-- \(early) µs before the end of #\(number)"
        }
    }
}

extension TransferID {
    /// The transfer of a number, in tests.
    static func number(_ number: Int) -> TransferID { TransferID(high: 1, low: UInt64(number)) }
}

/// Draws histories over a handful of accounts: 1 funding and 2 fees of USD, 3 … 5 wallets in USD, 6 a wallet in
/// EUR; 7 does not exist.
struct RandomHistory {
    private var random: SplitMix64
    private var transfers = 0
    private let usd: UInt16 = 840
    private let eur: UInt16 = 978

    init(seed: UInt64) { random = SplitMix64(seed: seed) }

    mutating func policy() -> LedgerPolicy {
        LedgerPolicy(
            onFailure: random.chance(50)
                ? .hold : .postSmall(maximum: [usd: 300], hourlySum: [usd: 500]),
            authorizationSeconds: 1_000, holdSeconds: 500, challengeSeconds: 300,
            undecidedLimit: random.chance(30) ? 2 : 1_000)
    }

    mutating func steps(count: Int) -> [Step] {
        var steps: [Step] = [
            open(.funding, usd), open(.fees, usd), open(.wallet, usd), open(.wallet, usd),
            open(.wallet, usd), open(.wallet, eur), .later(microseconds: 1),
        ]
        for wallet in 3...5 {
            steps.append(.command(.transfer(order(.funding, from: 1, to: wallet, 200)), nil))
        }
        while steps.count < count { steps.append(step()) }
        return steps
    }

    private func open(_ kind: AccountKind, _ currency: UInt16) -> Step {
        .command(
            .openAccount(
                .init(
                    publicID: PublicAccountID(uuid: .number(1)), owner: "", ownerToken: Token(3),
                    kind: kind, currency: currency)), nil)
    }

    private mutating func order(
        _ kind: TransferKind, from: Int? = nil, to: Int? = nil, _ amount: Int64? = nil
    ) -> Command.OpenTransfer {
        transfers += 1
        let number = random.chance(2) ? 1 + random.below(transfers) : transfers
        var order = Command.OpenTransfer(
            id: .number(number), kind: kind, currency: random.chance(3) ? eur : usd,
            payer: from.map { AccountID(Int64($0)) } ?? account(),
            payee: to.map { AccountID(Int64($0)) } ?? account(), amount: amount ?? self.amount(),
            mode: .immediate)
        if from != nil { order.currency = usd }
        return order
    }

    private mutating func account() -> AccountID {
        AccountID(Int64(random.chance(90) ? 3 + random.below(3) : 1 + random.below(7)))
    }

    private mutating func amount() -> Int64 {
        random.chance(3)
            ? random.pick([0, -1, .max, .max - 1, 1 << 62]) : Int64(1 + random.below(400))
    }

    private mutating func id() -> TransferID { .number(1 + random.below(transfers + 1)) }

    /// One in three commands has a key, of few, so that they meet again; sometimes with another request.
    private mutating func key() -> IdempotencyKey? {
        guard random.chance(30) else { return nil }
        let key = random.below(40)
        return IdempotencyKey(
            key: .number(key), request: .number(random.chance(85) ? key : key + 1))
    }

    private mutating func step() -> Step {
        switch random.below(100) {
        case 0..<12: return .later(microseconds: delay())
        case 12..<15:
            return .expiry(number: 1 + random.below(transfers), early: Int64(random.below(2)))
        case 15..<45: return .goOn(pick: random.below(12), draw: random.below(1_000))
        case 45..<58:
            return .decide(
                number: 1 + random.below(transfers),
                random.pick([.approve, .approve, .hold, .challenge, .decline, .notEvaluated]),
                sequenceOff: random.chance(4) ? 1 : 0, epochOff: random.chance(4) ? 1 : 0,
                leaseOff: random.chance(4) ? 1 : 0)
        default: return .command(command(), key())
        }
    }

    private mutating func delay() -> Int64 {
        random.pick([
            0, 1, 1_000, 1_000, 500_000, 1_000_000, 1_000_000, 10_000_000, 10_000_000, 300_000_000,
            3_599_999_999, 3_600_000_000, 40_000_000_000,
        ])
    }

    private mutating func command() -> Command {
        switch random.below(100) {
        case 0..<36: return .transfer(asked())
        case 36..<41:
            var order = order(random.pick([.funding, .fee, .payment]))
            if random.chance(70) { order.payer = AccountID(1) }
            return .transfer(order)
        case 41..<46: return .decideByPolicy(id())
        case 46..<55:
            return .capture(
                id(), amount: random.chance(50) ? nil : amount(), final: random.chance(30))
        case 55..<60: return .void(id())
        case 60..<67:
            transfers += 1
            return .refund(
                id(), amount: random.chance(50) ? nil : amount(), newID: .number(transfers))
        case 67..<73: return .challenge(id(), passed: random.chance(60), actor: "eve")
        case 73..<80:
            return .review(
                id(), release: random.chance(60), note: random.chance(30) ? "seen" : "",
                actor: random.pick(["eve", "dan"]))
        case 80..<82: return .label(id(), random.pick(LabelVerdict.allCases), actor: "dan")
        case 82..<88: return .expire(id())
        case 88..<91:
            return .freeze(
                account(), debits: random.pick([true, false, false, nil]),
                credits: random.pick([true, false, false, nil]))
        case 91..<98: return limit()
        case 98..<99 where random.chance(20):
            return random.chance(80) ? .eraseContext(account()) : .rebase
        case 98..<99 where random.chance(50):
            let entry = ListEntry(
                list: random.pick(ListName.allCases), subject: .device, key: 1,
                isRemoved: random.chance(50))
            return random.chance(50)
                ? .changeList(entry, note: "", actor: "dan")
                : .activatePolicy(
                    PolicyDetail(modelHash: [UInt8](repeating: 1, count: 32)), note: "",
                    actor: "dan")
        case 98..<99:
            return .activateEngine(
                EngineDetail(
                    epoch: 0, build: "b", catalogueHash: [], modelHash: [], rulesHash: [],
                    fingerprint: "f"))
        default:
            return .openAccount(
                .init(
                    publicID: PublicAccountID(uuid: .number(2)), owner: "", ownerToken: .none,
                    kind: random.pick([.funding, .wallet]), currency: random.pick([usd, eur, 1]),
                    overdraft: random.pick([0, -1, 10])))
        }
    }

    private mutating func asked() -> Command.OpenTransfer {
        var order = order(random.chance(60) ? .payment : .authorization)
        order.mode =
            random.chance(85)
            ? .askEngine(withinMilliseconds: 500)
            : .failAtOnce(
                random.pick([.engineAbsent, .engineOverloaded]), withinMilliseconds: 500)
        if random.chance(20) {
            for _ in 0..<(random.chance(5) ? 16 : 1 + random.below(3)) {
                order.extraLegs.append(
                    Movement(
                        role: random.pick(LegRole.allCases),
                        from: random.chance(60)
                            ? order.payer : random.chance(40) ? order.payee : account(),
                        to: random.chance(60) ? AccountID(2) : account(),
                        amount: random.chance(90) ? Int64(1 + random.below(20)) : amount()))
            }
        }
        if random.chance(15) { order.spending = spending() }
        if random.chance(3) {
            order.validUntil = Timestamp(
                1_700_000_000_000_000 + Int64(random.below(4_000)) * 10_000_000)
        }
        return order
    }

    private mutating func spending() -> SpendingCheck {
        func bound(_ values: [Int64], _ random: inout SplitMix64) -> Int64? {
            random.chance(60) ? nil : random.pick(values)
        }
        func limit(_ random: inout SplitMix64) -> SpendingLimit {
            SpendingLimit(
                payment: bound([300, 500], &random), day: bound([500, 1_000], &random),
                month: bound([1_000, 2_000], &random))
        }
        return SpendingCheck(
            Spending(
                spender: .number(random.below(2)), kind: UInt8(1 + random.below(2)), currency: usd,
                amount: amount()), ofKind: limit(&random), inAll: limit(&random))
    }

    private mutating func limit() -> Command {
        func cap(_ values: [Int64?], _ random: inout SplitMix64) -> Int64? {
            random.chance(50) ? nil : random.pick(values)
        }
        return .limit(
            account(), overdraft: random.pick([0, 0, 0, 100, 500, 500, 1_000, -1, .max]),
            caps: Caps(
                hourCount: cap([0, 1, 2, 3, -1], &random), hourSum: cap([100, 500], &random),
                dayCount: cap([2, 5], &random), daySum: cap([300, 1_000], &random)))
    }
}
