import Cryptography
import EventLog
import Foundation
import Ledger
import Logging
import PostgreSQL
import PostingStream
import RiskEngine
import Scoring
import Testing
import TestCluster
import Vault

@testable import Wallet

/// A wallet, its publisher and a real engine with the shipped model, on one database.
final class WalletFixture {
    let wallet: Wallet
    private let role: PublisherRole
    private let roleTask: Task<Void, Never>
    private var engine: RunningEngine?
    private let snapshotPath: String?
    let database: String
    /// Holds the stream's socket, and goes with the fixture.
    private let folder: String
    let address: String

    init(
        withEngine: Bool = true, snapshotPath: String? = nil,
        policy: LedgerPolicy = LedgerPolicy(),
        rebaseAfterSeconds: Int64 = WalletConfiguration.usualRebaseAfterSeconds
    ) async throws {
        let logger = Self.quietLogger
        database = try await TestCluster.newDatabase()
        folder = "/tmp/holdfast-wallet-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o700])
        address = "ipc://\(folder)/stream"
        let role = PublisherRole(StreamEndpoint(address: address), holder: "test", logger: logger)
        var configuration = try Self.configuration(database, policy)
        configuration.rebaseAfterSeconds = rebaseAfterSeconds
        let wallet = try Wallet(configuration, logger: logger) {
            role.publish($0)
        }
        self.wallet = wallet
        self.role = role
        self.snapshotPath = snapshotPath
        roleTask = Task { await role.run(wallet) }
        if withEngine { try startEngine() }
    }

    private static func configuration(
        _ database: String, _ policy: LedgerPolicy
    ) throws -> WalletConfiguration {
        WalletConfiguration(
            database: database,
            tokenKey: try #require(TokenKey(bytes: [UInt8](repeating: 7, count: 16))),
            contextKeys: Keyring(current: try MasterKey(bytes: [UInt8](repeating: 1, count: 32))),
            policy: policy, decideWithinMilliseconds: 20_000)
    }

    /// Another wallet on the database, which publishes nothing.
    func successor(policy: LedgerPolicy = LedgerPolicy()) throws -> Wallet {
        try Wallet(Self.configuration(database, policy), logger: Self.quietLogger)
    }

    private func startEngine() throws {
        engine = RunningEngine(
            try RiskModel.load(path: Self.modelPath), address: address, snapshotPath: snapshotPath)
    }

    /// Stops the engine in good order and starts a new one.
    func restartEngine() async throws {
        try await engine?.stop()
        try startEngine()
    }

    func pay(_ payer: PublicAccountID, _ payee: PublicAccountID, _ cents: Int64) async throws
        -> DecisionAction
    {
        let dollars = try #require(Currency(code: "USD"))
        let answer = try await wallet.open(
            PaymentRequest(
                payer: payer, payee: payee, amount: Money(minor: cents, currency: dollars),
                context: .init(device: "phone", latitude: 52.5, longitude: 13.4)),
            as: .payment, key: nil)
        return try #require(answer.transfer.action)
    }

    /// Pays until the engine decides, for a minute at most: one that comes back needs a moment, and until then the fail
    /// policy answers, at once if none is there. Returns whether it came to that.
    func engineDecides(_ payer: PublicAccountID, _ payee: PublicAccountID) async throws -> Bool {
        let end = ContinuousClock.now + .seconds(60)
        var cents: Int64 = 1_100
        while ContinuousClock.now < end {
            cents += 1
            if !wallet.engine.isAbsent(at: WallClock.now),
                try await pay(payer, payee, cents) != .notEvaluated
            {
                return true
            }
            try await Task.sleep(for: .milliseconds(50))
        }
        return false
    }

    static let quietLogger: Logger = {
        var logger = Logger(label: "test")
        logger.logLevel = .error
        return logger
    }()

    static let modelPath = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Models/default/model.hfm").path

    /// Waits until the engine decides.
    func engineIsLive() async throws {
        for _ in 0..<500 {
            if !wallet.engine.isAbsent(at: WallClock.now) { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        Issue.record("the engine did not come")
    }

    func stop() async {
        try? await engine?.stop()
        roleTask.cancel()
        await roleTask.value
        await wallet.stop()
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// The lease's token under which the wallet publishes; nil if it does not.
    var token: Int64? { role.publishingToken }

    func execute(_ sql: String) throws {
        var connection = try Connection(database)
        _ = try connection.query(Statement("execute", sql))
    }

    func number(_ sql: String) throws -> Int64 {
        var connection = try Connection(database)
        let rows = try connection.query(Statement("number", sql))
        return rows.int(0, 0)
    }

    /// Waits until something holds. Returns whether it came to that.
    func eventually(_ condition: () -> Bool) async -> Bool {
        let end = ContinuousClock.now + .seconds(40)
        while ContinuousClock.now < end {
            if condition() { return true }
            try? await Task.sleep(for: .milliseconds(20))
        }
        return condition()
    }

    func account(_ owner: String, _ cents: Int64) async throws -> PublicAccountID {
        let dollars = try #require(Currency(code: "USD"))
        let view = try await wallet.openAccount(owner: owner, currency: dollars, key: nil)
        if cents > 0 {
            _ = try await wallet.fund(
                view.publicID, amount: Money(minor: cents, currency: dollars), key: nil)
        }
        return view.publicID
    }
}

/// An engine on a thread of its own.
final class RunningEngine: @unchecked Sendable {
    private let lock = NSLock()
    private let ended = DispatchSemaphore(value: 0)
    private var stopper: (@Sendable () -> Void)?

    init(_ model: RiskModel, address: String, snapshotPath: String?) {
        let thread = Thread { [self] in
            let service = EngineService(
                EngineService.Settings(model: model, snapshotPath: snapshotPath), address: address,
                logger: WalletFixture.quietLogger)
            lock.withLock { stopper = service.stopper }
            try? service.run()
            ended.signal()
        }
        thread.stackSize = 8 << 20
        thread.start()
    }

    /// Stops the engine and waits for its end.
    func stop() async throws {
        try await OwnThread.run { [self] in
            while lock.withLock({ stopper == nil }) { Thread.sleep(forTimeInterval: 0.01) }
            lock.withLock { stopper }?()
            ended.wait()
            ended.signal()
        }
    }
}

@Suite struct DecidedPaymentTests {
    @Test func `payments are decided by the engine in time and the money moves`() async throws {
        let fixture = try await WalletFixture()
        try await fixture.engineIsLive()
        let dollars = try #require(Currency(code: "USD"))
        let ann = try await fixture.account("ann", 100_000)
        let bob = try await fixture.account("bob", 0)
        var moved: Int64 = 0
        for index in 0..<20 {
            let answer = try await fixture.wallet.open(
                PaymentRequest(
                    payer: ann, payee: bob,
                    amount: Money(minor: 1_000 + Int64(index), currency: dollars),
                    context: .init(device: "phone", latitude: 52.5, longitude: 13.4)),
                as: .payment, key: nil)
            let action = try #require(answer.transfer.action)
            #expect(action != .notEvaluated)
            if answer.transfer.state == .posted { moved += answer.transfer.amount }
            if action != .approve { #expect(answer.detail?.reasons.isEmpty == false) }
        }
        #expect(moved > 0)
        let view = try await fixture.wallet.view(bob)
        #expect(view.account.posted == moved)
        await fixture.stop()
    }

    @Test func `an engine that starts from its snapshot decides what comes next`() async throws {
        let snapshot =
            NSTemporaryDirectory() + "holdfast-\(UInt64.random(in: 0...UInt64.max)).snapshot"
        defer {
            try? FileManager.default.removeItem(atPath: snapshot)
            try? FileManager.default.removeItem(atPath: snapshot + ".log")
        }
        let fixture = try await WalletFixture(snapshotPath: snapshot)
        try await fixture.engineIsLive()
        let ann = try await fixture.account("ann", 10_000_000)
        let bob = try await fixture.account("bob", 0)
        #expect(try await fixture.pay(ann, bob, 1_000) != .notEvaluated)
        try await fixture.restartEngine()
        #expect(FileManager.default.fileExists(atPath: snapshot))
        #expect(try await fixture.engineDecides(ann, bob))
        await fixture.stop()
    }

    @Test func `without an engine the fail policy holds at once and says so`() async throws {
        let fixture = try await WalletFixture(withEngine: false)
        let dollars = try #require(Currency(code: "USD"))
        let ann = try await fixture.account("ann", 100_000)
        let bob = try await fixture.account("bob", 0)
        let answer = try await fixture.wallet.open(
            PaymentRequest(payer: ann, payee: bob, amount: Money(minor: 500, currency: dollars)),
            as: .payment, key: nil)
        #expect(answer.transfer.state == .held)
        #expect(answer.transfer.action == .notEvaluated)
        await fixture.stop()
    }
}
