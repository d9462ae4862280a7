import EventLog
import Testing

@testable import Ledger

/// A ledger without a database that is driven by lines of text:
///
///     pay 1 ann bob 100        -> reserved         a command, and the state or the refusal it ends with
///     ann 900 100 1000                             available, reserved and posted of an account
///     tick 0.5                                     the next commit begins so many seconds later
///
/// Transfers have numbers, accounts have names: `bank` is the funding account, `fees` another of the house; any
/// other name is a wallet, in USD unless it ends with `-eur`, opened by `open`. What stands after `#` is a comment.
struct LedgerScript {
    private var plan: CommitPlan
    private var now: Timestamp
    private var names: [String: AccountID] = [:]
    private var debits: [(account: AccountID, at: Timestamp, amount: Int64)] = []
    private let policy: LedgerPolicy

    /// 00:30 UTC, so that an hour reaches into the day before.
    static let start = Timestamp(1_700_006_400_000_000 + 1_800_000_000)

    @discardableResult
    static func run(
        policy: LedgerPolicy = LedgerPolicy(), _ text: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) -> CommitPlan {
        var script = LedgerScript(policy)
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false)
            .enumerated()
        {
            let words = line.prefix { $0 != "#" }.split(separator: " ").map(String.init)
            if words.isEmpty { continue }
            if let complaint = script.take(words) {
                Issue.record(
                    "line \(number + 1): \(line)\n  \(complaint)", sourceLocation: sourceLocation)
            }
        }
        return script.plan
    }

    private init(_ policy: LedgerPolicy) {
        self.policy = policy
        now = Self.start
        plan = CommitPlan(
            policy: policy, now: now,
            head: .init(sequence: .zero, nextAccount: 1, epoch: 0, undecided: 0))
        for (name, kind) in [("bank", AccountKind.funding), ("fees", .fees)] { open(name, kind) }
    }

    private mutating func take(_ words: [String]) -> String? {
        switch words[0] {
        case "tick":
            nextCommit(after: Int64((Double(words[1]) ?? 0) * 1_000_000))
            return nil
        case "open":
            open(words[1], .wallet)
            guard words.count > 2 else { return nil }
            return take(["transfer", "bank", words[1], words[2], "->", "posted"])
        default:
            if let id = names[words[0]] { return compare(id, words) }
            return perform(words)
        }
    }

    private mutating func open(_ name: String, _ kind: AccountKind) {
        let opening = Command.OpenAccount(
            publicID: PublicAccountID(uuid: .number(0)), owner: name, ownerToken: .none, kind: kind,
            currency: name.hasSuffix("-eur") ? 978 : 840)
        guard case .account(let account, _, _)? = try? plan.apply(.openAccount(opening), key: nil)
        else { return }
        names[name] = account.id
    }

    private mutating func nextCommit(after microseconds: Int64) {
        now = Timestamp(now.rawValue + microseconds)
        var next = CommitPlan(policy: policy, now: now, head: plan.head)
        next.accounts = plan.accounts
        next.transfers = plan.transfers
        next.keys = plan.keys
        next.houses = plan.houses
        let midnight = Timestamp(now.rawValue / 86_400_000_000 * 86_400_000_000 - 1)
        for id in plan.accounts.keys {
            let beforeHour = debits.filter {
                $0.account == id && $0.at <= now.adding(seconds: -3_600)
            }
            let beforeDay = debits.filter { $0.account == id && $0.at <= midnight }
            next.capUsage[id] = CapUsage(
                hourBaseCount: Int64(beforeHour.count),
                hourBaseSum: beforeHour.reduce(0) { $0 + $1.amount },
                dayBaseCount: Int64(beforeDay.count),
                dayBaseSum: beforeDay.reduce(0) { $0 + $1.amount })
        }
        plan = next
    }

    private func compare(_ id: AccountID, _ words: [String]) -> String? {
        guard let account = plan.accounts[id] else { return "no such account" }
        let shown = [account.available, account.reserved, account.posted].map { "\($0)" }
        return shown == Array(words[1...]) ? nil : "is \(shown.joined(separator: " "))"
    }

    private mutating func perform(_ words: [String]) -> String? {
        guard let arrow = words.firstIndex(of: "->"), let command = command(words[..<arrow]) else {
            return "is not understood"
        }
        let key = words[..<arrow].first { $0.hasPrefix("key=") }.map { word in
            let parts = word.dropFirst(4).split(separator: "/").compactMap { Int($0) }
            return IdempotencyKey(key: .number(parts[0]), request: .number(parts[1]))
        }
        var shown: String
        do throws(Refusal) {
            switch try plan.apply(command, key: key) {
            case .transfer(let transfer, let isReplay):
                shown = "\(transfer.state)" + (isReplay ? " again" : "")
                if !isReplay, case .transfer(let opening) = command {
                    debits.append((opening.payer, now, opening.amount))
                }
            default: shown = "done"
            }
        } catch { shown = error.rawValue }
        let expected = words[(arrow + 1)...].joined(separator: " ")
        return shown == expected ? nil : "gives \(shown)"
    }

    // MARK: - Words

    private func account(_ name: String) -> AccountID { names[name] ?? AccountID(999) }
    private func amount(_ word: String) -> Int64? { word == "max" ? .max : Int64(word) }
    private func id(_ word: String) -> TransferID { .number(Int(word) ?? 0) }

    private func command(_ words: ArraySlice<String>) -> Command? {
        let options = words.filter { $0.contains("=") }
        let words = words.filter { !$0.contains("=") }
        switch words[0] {
        case "pay", "authorize":
            return order(words, options, words[0] == "pay" ? .payment : .authorization)
        case "transfer":
            return .transfer(
                .init(
                    id: .number(1_000 + Int(plan.head.sequence.rawValue)), kind: .funding,
                    currency: 840, payer: account(words[1]), payee: account(words[2]),
                    amount: amount(words[3]) ?? 0, mode: .immediate))
        case "decide":
            let created = plan.transfers[id(words[1])]?.createdSequence ?? .zero
            let stale = Int64(words.contains("elsewhere") ? 1 : 0)
            guard let action = DecisionAction.allCases.first(where: { "\($0)" == words[2] }) else {
                return nil
            }
            return .decide(
                .init(
                    transfer: id(words[1]),
                    decision: Decision(
                        action: action, scoreBits: 1, featureDigest: 1,
                        sequence: created.advanced(by: Int(stale)),
                        epoch: plan.head.epoch + (words.contains("old-epoch") ? 1 : 0),
                        elapsedMicros: 0),
                    detail: nil, leaseToken: words.contains("old-lease") ? 1 : 0))
        case "late": return .decideByPolicy(id(words[1]))
        case "expire": return .expire(id(words[1]))
        case "capture":
            return .capture(
                id(words[1]), amount: amount(words[2]), final: words.contains("final"))
        case "void": return .void(id(words[1]))
        case "refund":
            return .refund(id(words[1]), amount: amount(words[2]), newID: id(words[4]))
        case "challenge":
            return .challenge(id(words[1]), passed: words[2] == "passed", actor: "eve")
        case "review":
            return .review(id(words[1]), release: words[2] == "release", note: "", actor: "eve")
        case "label": return .label(id(words[1]), .fraud, actor: "eve")
        case "activate":
            return .activateEngine(
                .init(
                    epoch: 0, build: "", catalogueHash: [], modelHash: [], rulesHash: [],
                    fingerprint: ""))
        case "freeze", "unfreeze":
            let value = words[0] == "freeze"
            return .freeze(
                account(words[1]), debits: words.contains("debits") ? value : nil,
                credits: words.contains("credits") ? value : nil)
        case "limit": return limit(account(words[1]), options)
        default: return nil
        }
    }

    private func limit(_ id: AccountID, _ options: [String]) -> Command {
        var values: [String: Int64] = [:]
        for option in options {
            let parts = option.split(separator: "=")
            values[String(parts[0])] = amount(String(parts[1]))
        }
        return .limit(
            id, overdraft: values["overdraft"] ?? 0,
            caps: Caps(
                hourCount: values["hour-count"], hourSum: values["hour-sum"],
                dayCount: values["day-count"], daySum: values["day-sum"]))
    }

    /// `pay 1 ann bob 100 leg=ann:fees:5 at-once=absent`
    private func order(
        _ words: [String], _ options: [String], _ kind: TransferKind
    ) -> Command? {
        guard words.count > 4 else { return nil }
        var order = Command.OpenTransfer(
            id: id(words[1]), kind: kind, currency: words.contains("eur") ? 978 : 840,
            payer: account(words[2]), payee: account(words[3]), amount: amount(words[4]) ?? 0,
            mode: .askEngine(withinMilliseconds: 500))
        for option in options {
            if option == "at-once=absent" {
                order.mode = .failAtOnce(.engineAbsent, withinMilliseconds: 500)
            }
            guard option.hasPrefix("leg=") else { continue }
            let parts = option.dropFirst(4).split(separator: ":").map(String.init)
            order.extraLegs.append(
                Movement(
                    role: parts.count > 3 ? .principal : .fee, from: account(parts[0]),
                    to: account(parts[1]), amount: amount(parts[2]) ?? 0))
        }
        return .transfer(order)
    }
}
