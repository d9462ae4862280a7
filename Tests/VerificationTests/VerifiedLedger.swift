import Cryptography
import EventLog
import Features
import Foundation
import Ledger
import Logging
import PostgreSQL
import RiskEngine
import Scoring
import Synchronization
import TestCluster
import Testing
import Vault
import Verification

/// A ledger with an engine that decides, driven by drawn commands, and what is needed to verify it.
final class VerifiedLedger {
    static let build = "test-build"
    static let fingerprint = "test-numerics"
    /// What wraps the keys of risk contexts.
    static let contextKeys = Keyring(
        current: try! MasterKey(bytes: [UInt8](repeating: 1, count: 32)))
    static func capacity(
        labelDelaySeconds: Int64 = FeatureCapacity.standardLabelDelaySeconds
    ) -> FeatureCapacity {
        FeatureCapacity(
            payers: 1_000, parties: 8_000, relations: 16_000, attempts: 8_192, pending: 4_096,
            labelDelaySeconds: labelDelaySeconds)
    }

    let database: String
    let commit: GroupCommit
    private let labelDelaySeconds: Int64
    private let arrived: Arrived
    private var engine: Engine
    private var models: [RiskModel]
    private var random: SystemRandomNumberGenerator = .init()
    private var drawn: UInt64
    private var wallets: [AccountID] = []
    private var open: [Transfer] = []
    private var house = AccountID.none
    private var fees = AccountID.none

    /// Batches as they were committed; the writer's thread puts them in.
    private final class Arrived: Sendable {
        let batches = Mutex<[CommittedBatch]>([])
    }

    init(
        _ database: String, seed: UInt64 = 1,
        labelDelaySeconds: Int64 = FeatureCapacity.standardLabelDelaySeconds
    ) throws {
        self.database = database
        self.labelDelaySeconds = labelDelaySeconds
        drawn = seed
        let arrived = Arrived()
        self.arrived = arrived
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        // Nothing sweeps here, and a busy machine may take its time.
        let policy = LedgerPolicy(challengeSeconds: 86_400)
        commit = GroupCommit(
            .init(connection: database, contextKeys: Self.contextKeys, policy: policy),
            logger: logger
        ) { batch in
            arrived.batches.withLock { $0.append(batch) }
        }
        models = [try Self.model(seed: 1, labelDelaySeconds: labelDelaySeconds)]
        engine = try Self.engine(models[0], also: [], labelDelaySeconds: labelDelaySeconds)
    }

    /// A drawn model that comes to every action now and then.
    private static func model(seed: UInt64, labelDelaySeconds: Int64) throws -> RiskModel {
        let drawn = try BenchmarkModel.make(trees: 10, seed: seed, intercept: -0.9)
        guard let thresholds = Thresholds(challenge: 0.52, hold: 0.57, decline: 0.62) else {
            throw LedgerError.stopped
        }
        // So many terms of drawn weights would drown the thresholds, which stand close to each other.
        let terms = drawn.terms.map { term in
            var term = term
            term.weight *= 0.1
            return term
        }
        return try RiskModel(
            catalogueHash: FeatureCatalogue.hash(labelDelaySeconds: labelDelaySeconds),
            terms: terms, forest: drawn.forest, intercept: drawn.intercept,
            calibration: drawn.calibration, thresholds: thresholds)
    }

    private static func engine(
        _ model: RiskModel, also others: [RiskModel], labelDelaySeconds: Int64
    ) throws -> Engine {
        try Engine(
            model: model,
            configuration: .init(
                build: build, logID: "test",
                capacity: capacity(labelDelaySeconds: labelDelaySeconds), pendingLimit: 4_096),
            modelFor: { hash in others.first { $0.hash.bytes == hash } })
    }

    func stop() { commit.stop() }

    static func verifier(
        _ database: String, models: [RiskModel], build: String = build,
        fingerprint: String = fingerprint, expiryGraceSeconds: Int64? = 5,
        labelDelaySeconds: Int64 = FeatureCapacity.standardLabelDelaySeconds
    ) -> Verifier {
        Verifier(
            .init(
                database: database, contextKeys: contextKeys, build: build,
                fingerprint: fingerprint,
                capacity: capacity(labelDelaySeconds: labelDelaySeconds),
                expiryGraceSeconds: expiryGraceSeconds),
            modelFor: { hash in models.first { $0.hash.bytes == hash } })
    }

    func verify() throws -> VerificationReport {
        try Self.verifier(database, models: models).run()
    }

    var usedModels: [RiskModel] { models }

    // MARK: - Commands

    private func below(_ bound: Int) -> Int {
        drawn = drawn &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((drawn >> 33) % UInt64(bound))
    }

    @discardableResult
    private func together(
        _ commands: [Command]
    ) async -> [Result<Effect, LedgerError>] {
        if commands.isEmpty { return [] }
        return await withTaskGroup(of: (Int, Result<Effect, LedgerError>).self) { group in
            for (index, command) in commands.enumerated() {
                let key: IdempotencyKey? =
                    index % 3 == 0
                    ? IdempotencyKey(key: fresh(), request: fresh()) : nil
                let commit = commit
                group.addTask {
                    let result = await withCheckedContinuation { continuation in
                        commit.submit(command, key: key) { continuation.resume(returning: $0) }
                    }
                    return (index, result)
                }
            }
            var results: [(Int, Result<Effect, LedgerError>)] = []
            for await result in group { results.append(result) }
            return results.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    private func fresh() -> TransferID {
        TransferID(milliseconds: 1_790_000_000_000, random: &random)
    }

    private func openAccount(_ kind: AccountKind) async throws -> AccountID {
        let effect = try await commit.submit(
            .openAccount(
                .init(
                    publicID: PublicAccountID(uuid: fresh()), owner: "o", ownerToken: Token(9),
                    kind: kind, currency: 840)))
        guard case .account(let account, _, _) = effect else { throw LedgerError.stopped }
        return account.id
    }

    /// Accounts, their funds, and the first engine.
    func begin() async throws {
        house = try await openAccount(.funding)
        fees = try await openAccount(.fees)
        for _ in 0..<6 { wallets.append(try await openAccount(.wallet)) }
        await together(
            wallets.dropFirst().map { wallet in
                .transfer(
                    .init(
                        id: fresh(), kind: .funding, currency: 840, payer: house, payee: wallet,
                        amount: 1_000_000, mode: .immediate))
            })
        // The first wallet lives on credit.
        await together([.limit(wallets[0], overdraft: 100_000, caps: Caps(hourCount: 1_000))])
        try await activate()
        await together([.transfer(order(.payment, from: wallets[0], amount: 50_000))])
        try await decide()
    }

    /// Two spend, and one of them gets part of it back in a later commit: what they have spent up to now stands on a transfer of the
    /// one, and by itself of the other. No engine decides on it any more.
    func spendAndGiveBack() async throws {
        let payer = try await openAccount(.wallet)
        await together([
            .transfer(
                .init(
                    id: fresh(), kind: .funding, currency: 840, payer: house, payee: payer,
                    amount: 1_000, mode: .immediate))
        ])
        let orders = ([91, 91, 92] as [UInt64]).map { spender in
            var order = Command.OpenTransfer(
                id: fresh(), kind: .payment, currency: 840, payer: payer, payee: wallets[1],
                amount: 100, mode: .failAtOnce(.engineAbsent, withinMilliseconds: 0))
            order.spending = SpendingCheck(
                Spending(
                    spender: TransferID(high: 7, low: spender), kind: 1, currency: 978, amount: 100),
                ofKind: SpendingLimit(), inAll: SpendingLimit())
            return order
        }
        var results = await together(orders.map { .transfer($0) })
        results += await together([
            .review(orders[0].id, release: false, note: "", actor: "eve")
        ])
        let states = results.map { result -> TransferState? in
            guard case .success(.transfer(let transfer, _)) = result else { return nil }
            return transfer.state
        }
        #expect(states == [.held, .held, .held, .voided])
    }

    /// Another model decides from now on.
    func changeModel() async throws {
        let model = try Self.model(seed: 2, labelDelaySeconds: labelDelaySeconds)
        models.append(model)
        try replay(with: model)
        try await activate()
    }

    /// Another engine takes over, whose state is that of a replay of the log as it is now.
    private func replay(with model: RiskModel) throws {
        var next = try Self.engine(
            model, also: models, labelDelaySeconds: labelDelaySeconds)
        var connection = try Connection(database)
        var opener = ContextOpener(Self.contextKeys)
        for stored in try LogReader.batches(
            after: .zero, limit: 100_000, opening: &opener, &connection)
        {
            let events = try EventBatch(encoded: stored.payload)
            try next.consume(events, contexts: stored.contexts, hash: stored.runningHash) { _ in }
        }
        engine = next
        arrived.batches.withLock { $0.removeAll() }
    }

    /// Somebody comes, pays from devices and addresses that others use, too, and is erased; then the engine's state is made
    /// anew. Returns the events of the erasure and of that.
    @discardableResult
    func eraseSomebody() async throws -> (erased: Sequence, rebased: Sequence) {
        let leaver = try await openAccount(.wallet)
        await together([
            .transfer(
                .init(
                    id: fresh(), kind: .funding, currency: 840, payer: house, payee: leaver,
                    amount: 1_000_000, mode: .immediate))
        ])
        for _ in 0..<3 {
            await together((0..<3).map { _ in .transfer(order(.payment, from: leaver)) })
            try await decide()
            try await round()
        }
        await together([.freeze(leaver, debits: true, credits: true)])
        await together([.eraseContext(leaver)])
        try await round()
        try await decide()
        var connection = try Connection(database)
        let erased = try #require(
            try LedgerAudit.contextKeys(after: .zero, limit: 100_000, &connection).compactMap(
                \.erasedBy
            ).max())
        await together([.rebase])
        let rebased = try #require(
            try LedgerAudit.rebases(upTo: Sequence(.max), &connection).last)
        try replay(with: models[0])
        try engine.goLive(epoch: UInt32(models.count))
        return (erased, rebased)
    }

    /// The first model decides again, with rules and lists beside it and the second one in shadow.
    func changePolicy() async throws {
        await together([
            .changeList(
                .init(list: .deny, subject: .device, key: 3), note: "stolen", actor: "eve"),
            .changeList(
                .init(
                    list: .allow, subject: .payee,
                    key: UInt64(bitPattern: wallets[2].rawValue)), note: "", actor: "eve"),
            .changeList(.init(list: .watch, subject: .device, key: 5), note: "", actor: "eve"),
        ])
        await together([
            .activatePolicy(
                PolicyDetail(
                    modelHash: models[0].hash.bytes, challengerHash: models[1].hash.bytes,
                    rules: """
                        payer.count.1h > 3 and score > 0.4 -> hold "busy"
                        shadow device.new == 1 -> decline "new device"
                        """), note: "", actor: "eve")
        ])
        // Off again in the commit in which another comes.
        await together([
            .changeList(
                .init(list: .watch, subject: .device, key: 5, isRemoved: true), note: "",
                actor: "eve"),
            .changeList(.init(list: .watch, subject: .device, key: 6), note: "", actor: "eve"),
        ])
    }

    /// Somebody comes on a list or off it, and the policy in force is activated once more.
    func changeLists() async {
        await together([
            .changeList(
                .init(
                    list: .watch, subject: .device, key: UInt64(1 + below(9)),
                    isRemoved: below(2) == 0), note: "", actor: "eve"),
            .activatePolicy(
                PolicyDetail(modelHash: models[0].hash.bytes), note: "", actor: "eve"),
        ])
    }

    private func activate() async throws {
        let model = models[models.count - 1]
        _ = try await commit.submit(
            .activateEngine(
                .init(
                    epoch: 0, build: Self.build,
                    catalogueHash: FeatureCatalogue.hash(labelDelaySeconds: labelDelaySeconds),
                    modelHash: model.hash.bytes, rulesHash: [], fingerprint: Self.fingerprint)))
        try engine.goLive(epoch: UInt32(models.count))
    }

    private func order(
        _ kind: TransferKind, from: AccountID? = nil, amount: Int64? = nil
    ) -> Command.OpenTransfer {
        let payer = from ?? wallets[1 + below(5)]
        var payee = wallets[below(6)]
        if payee == payer { payee = wallets[payer == wallets[5] ? 1 : 5] }
        var order = Command.OpenTransfer(
            id: fresh(), kind: kind, currency: 840, payer: payer, payee: payee,
            amount: amount ?? Int64(1 + below(3_000)),
            mode: .askEngine(withinMilliseconds: 86_400_000),
            context: RiskContext(
                device: Token(UInt64(1 + below(9))), instrument: Token(UInt64(1 + below(9))),
                address: Token(UInt64(1 + below(4))), latitude: Int32(below(60_000_000)),
                longitude: Int32(below(90_000_000)), hasPlace: below(5) > 0))
        if below(4) == 0 {
            order.extraLegs = [Movement(role: .fee, from: payer, to: fees, amount: 3)]
        }
        if below(4) == 0, order.amount > 2 {
            order.extraLegs.append(Movement(role: .fee, from: payee, to: fees, amount: 2))
        }
        if below(2) == 0 {
            order.spending = SpendingCheck(
                Spending(
                    spender: TransferID(high: 7, low: UInt64(1 + below(8))),
                    kind: UInt8(1 + below(2)), currency: 978, amount: order.amount),
                ofKind: SpendingLimit(), inAll: SpendingLimit(day: 200_000))
        }
        return order
    }

    /// One round: new transfers, then whatever fits those that wait, then the engine's decisions.
    func round() async throws {
        var commands: [Command] = []
        for _ in 0..<12 {
            commands.append(.transfer(order(below(3) == 0 ? .authorization : .payment)))
        }
        // Through a position of the house, as exchanges go, and between accounts of one owner.
        var exchange = order(.exchange, amount: 20)
        exchange.mode = .immediate
        exchange.payee = fees
        exchange.extraLegs = [
            Movement(role: .exchange, from: fees, to: wallets[below(6)], amount: 19)
        ]
        var book = order(.book, amount: 5)
        book.mode = .immediate
        book.extraLegs = []
        commands += [.transfer(exchange), .transfer(book)]
        var late = order(.payment)
        late.mode = .failAtOnce(.engineAbsent, withinMilliseconds: 0)
        commands.append(.transfer(late))
        for transfer in open {
            switch transfer.state {
            case .authorized:
                commands.append(
                    below(5) == 0
                        ? .void(transfer.id)
                        : .capture(
                            transfer.id, amount: below(2) == 0 ? nil : 1 + transfer.amount / 3,
                            final: below(3) == 0))
            case .held where below(2) == 0:
                commands.append(
                    .review(
                        transfer.id, release: below(2) == 0, note: below(3) == 0 ? "seen" : "",
                        actor: "eve"))
            case .challenged where below(2) == 0:
                commands.append(.challenge(transfer.id, passed: below(2) == 0, actor: "eve"))
            case .posted where below(4) == 0:
                commands.append(.refund(transfer.id, amount: 1, newID: fresh()))
            case .posted where below(6) == 0:
                commands.append(.label(transfer.id, .fraud, actor: "eve"))
            default: break
            }
        }
        commands.append(.freeze(wallets[5], debits: below(2) == 0, credits: nil))
        await together(commands)
        try await decide()
    }

    /// Lets the engine see what was committed, and applies what it says.
    func decide() async throws {
        let batches = arrived.batches.withLock { batches in
            defer { batches.removeAll() }
            return batches
        }
        var decisions: [TransferDecision] = []
        for batch in batches {
            try engine.consume(
                batch.events, contexts: batch.stored.contexts, hash: batch.stored.runningHash
            ) { decisions.append($0) }
            for transfer in batch.transfers {
                open.removeAll { $0.id == transfer.id }
                if transfer.kind != .funding { open.append(transfer) }
            }
        }
        open = Array(open.suffix(60))
        let commands = decisions.map { item in
            Command.decide(
                .init(
                    transfer: item.transfer, decision: item.decision, detail: item.detail,
                    leaseToken: 0))
        }
        await together(commands)
    }
}
