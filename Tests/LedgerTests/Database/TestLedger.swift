import EventLog
import Logging
import PostgreSQL
import TestCluster
import Vault
import Testing

@testable import Ledger

/// A ledger on a database of its own, with a funding account.
final class TestLedger: Sendable {
    let database: String
    let commit: GroupCommit
    let queries: LedgerQueries
    private let pool: ConnectionPool
    private let house: AccountID
    private let policy: LedgerPolicy

    init(policy: LedgerPolicy = LedgerPolicy()) async throws {
        database = try await TestCluster.newDatabase()
        self.policy = policy
        (commit, pool) = Self.start(database, policy)
        queries = LedgerQueries(pool, contextKeys: Self.contextKeys)
        house = try await commit.open(.funding)
    }

    private init(again other: TestLedger, maximumBatch: Int) {
        database = other.database
        house = other.house
        policy = other.policy
        (commit, pool) = Self.start(database, policy, maximumBatch)
        queries = LedgerQueries(pool, contextKeys: Self.contextKeys)
    }

    /// What wraps the keys of risk contexts.
    static let contextKeys = Keyring(
        current: try! MasterKey(bytes: [UInt8](repeating: 1, count: 32)))

    private static func start(
        _ database: String, _ policy: LedgerPolicy, _ maximumBatch: Int = 512
    ) -> (GroupCommit, ConnectionPool) {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let configuration = GroupCommit.Configuration(
            connection: database, contextKeys: contextKeys, policy: policy,
            maximumBatch: maximumBatch)
        return (
            GroupCommit(configuration, logger: logger) { _ in },
            ConnectionPool(database, count: 1, name: "test")
        )
    }

    /// Another writer on the same database, as after a restart or in another process.
    func restarted(maximumBatch: Int = 512) -> TestLedger {
        TestLedger(again: self, maximumBatch: maximumBatch)
    }

    func stop() {
        commit.stop()
        pool.stop()
    }

    func wallet(_ amount: Int64 = 0) async throws -> AccountID {
        let id = try await commit.open(.wallet)
        if amount > 0 {
            _ = try await commit.submit(.transfer(.funding(from: house, to: id, amount)))
        }
        return id
    }

    func account(_ id: AccountID) async throws -> Account? {
        try await queries.accounts([id]).first?.account
    }

    /// Submits from many tasks at once.
    func all(
        _ count: Int, _ command: @escaping @Sendable (Int) -> (Command, IdempotencyKey?)
    ) async -> [Result<Effect, LedgerError>] {
        await withTaskGroup(of: (Int, Result<Effect, LedgerError>).self) { group in
            for index in 0..<count {
                group.addTask {
                    let (command, key) = command(index)
                    let result = await withCheckedContinuation { continuation in
                        self.commit.submit(command, key: key) { continuation.resume(returning: $0) }
                    }
                    return (index, result)
                }
            }
            var results: [(Int, Result<Effect, LedgerError>)] = []
            for await result in group { results.append(result) }
            return results.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    /// Submits as one batch.
    func together(_ commands: [Command]) async -> [Result<Effect, LedgerError>] {
        await withCheckedContinuation { continuation in
            let collected = Collected(count: commands.count) { continuation.resume(returning: $0) }
            commit.submit(all: commands) { collected.add($0, $1) }
        }
    }

    /// Called back on the writer's thread only.
    private final class Collected: @unchecked Sendable {
        private var results: [Result<Effect, LedgerError>?]
        private var left: Int
        private let done: ([Result<Effect, LedgerError>]) -> Void

        init(count: Int, _ done: @escaping ([Result<Effect, LedgerError>]) -> Void) {
            results = Array(repeating: nil, count: count)
            left = count
            self.done = done
        }

        func add(_ index: Int, _ result: Result<Effect, LedgerError>) {
            results[index] = result
            left -= 1
            if left == 0 { done(results.compactMap(\.self)) }
        }
    }

    func execute(_ sql: String) throws {
        var connection = try Connection(database)
        try connection.execute(sql)
    }

    func number(_ sql: String) throws -> Int64 {
        var connection = try Connection(database)
        let rows = try connection.query(Statement("number", sql))
        return rows.int(0, 0)
    }

    /// Zero sums, gapless batches, and balances that are their entries' sums.
    func expectConsistent() throws {
        #expect(try number("SELECT coalesce(sum(posted), 0)::bigint FROM balance") == 0)
        #expect(
            try number(
                """
                SELECT count(*) FROM balance b WHERE (posted, debit_count, debit_sum) <>
                    (SELECT coalesce(sum(CASE WHEN payee = b.account_id THEN captured ELSE -captured END), 0),
                         count(*) FILTER (WHERE payer = b.account_id AND kind IN (1, 2)),
                         coalesce(sum(amount) FILTER (WHERE payer = b.account_id AND kind IN (1, 2)), 0)
                     FROM transfer t WHERE b.account_id IN (payer, payee) AND extra_legs IS NULL)
                """) == 0)
        #expect(
            try number(
                """
                SELECT count(*) FROM (SELECT first_sequence,
                    lag(last_sequence, 1, 0::bigint) OVER (ORDER BY first_sequence) AS before
                    FROM event_batch) b WHERE first_sequence <> before + 1
                """) == 0)
    }
}

extension Result where Success == Effect, Failure == LedgerError {
    var transfer: Transfer? {
        guard case .success(.transfer(let transfer, _)) = self else { return nil }
        return transfer
    }
    var refusal: Refusal? {
        guard case .failure(.refused(let refusal)) = self else { return nil }
        return refusal
    }
}

extension IdempotencyKey {
    static func fresh() -> IdempotencyKey { IdempotencyKey(key: .fresh(), request: .fresh()) }
}

extension Command.OpenTransfer {
    static func authorization(from payer: AccountID, to payee: AccountID, _ amount: Int64) -> Self {
        var order = payment(from: payer, to: payee, amount)
        order.kind = .authorization
        return order
    }
}
