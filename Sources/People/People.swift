internal import AuditTrail
package import EventLog
package import Identity
public import Logging
internal import Notices
package import PostgreSQL
internal import Synchronization
internal import Vault

/// Who has a wallet, how they sign in, and what their tokens allow. Any number of processes may run one on the same
/// database.
public final class People: Sendable {
    let configuration: PeopleConfiguration
    let hashing: HashingThreads
    /// nil if the service's address has no domain.
    let knownPasskeys: Passkeys?
    let logger: Logger
    /// Issues access tokens, and says what they allow.
    public let tokens: AccessTokens
    /// Seals what people are told, and knows where.
    package let notices: PeopleNotices
    private let queue: NoticeQueue
    private let onNotice: @Sendable () -> Void
    private let pool: ConnectionPool
    private let sweeping = Mutex<Task<Void, Never>?>(nil)
    private let holders = Mutex<[any PersonalDataHolding]>([])
    private let listings = Mutex<[ExportListing]>([])
    private let counting = Mutex<Task<Void, Never>?>(nil)
    /// What is refused, and is not in the audit log one by one.
    let refusals = Mutex(RefusalTally())

    /// Opens on a migrated database. Nothing is read yet.
    ///
    /// - Parameter onNotice: called when something was queued that somebody is to be told.
    public init(
        _ configuration: PeopleConfiguration, logger: Logger,
        onNotice: @escaping @Sendable () -> Void = {}
    ) {
        self.configuration = configuration
        self.logger = logger
        knownPasskeys = Passkeys(
            issuer: configuration.issuer, origins: configuration.passkeyOrigins)
        hashing = HashingThreads(cost: configuration.passwordCost)
        pool = ConnectionPool(configuration.database, count: 4, name: "people")
        tokens = AccessTokens(configuration, pool, logger: logger)
        notices = PeopleNotices(configuration)
        queue = NoticeQueue(sealing: notices)
        self.onNotice = onNotice
        let task = Task { [weak self] in
            while !Task.isCancelled {
                try? await Task.sleep(for: .seconds(600))
                guard !Task.isCancelled, let self else { return }
                try? await self.sweep()
            }
        }
        sweeping.withLock { $0 = task }
        let counter = Task { [weak self] in
            while !Task.isCancelled {
                try? await Task.sleep(for: .seconds(10))
                guard !Task.isCancelled, let self else { return }
                await self.recordCounted()
            }
        }
        counting.withLock { $0 = counter }
    }

    /// Takes away what nobody can use any more. Done every ten minutes.
    func sweep() async throws(PeopleError) {
        let now = now
        try await transact { connection throws(PostgreSQLError) -> Answer<Void> in
            .success(try Sweep.run(at: now, on: &connection))
        }
        await vacuumAfterErasures(at: now)
    }

    /// Lets everything go.
    public func stop() async {
        sweeping.withLock { $0.take() }?.cancel()
        let counter = counting.withLock { $0.take() }
        counter?.cancel()
        await counter?.value
        await recordCounted(isLast: true)
        await tokens.stop()
        hashing.stop()
        pool.stop()
    }

    // MARK: - Inside

    package var now: Timestamp { configuration.clock() }

    /// Makes what another module holds of people part of exports, erasures and checks. Done once, before any of them.
    package func add(_ holder: some PersonalDataHolding) {
        holders.withLock { $0.append(holder) }
    }

    /// Makes what is long of it part of exports, too.
    package func add(_ listings: [ExportListing]) {
        self.listings.withLock { $0 += listings }
    }

    var personalDataListings: [ExportListing] { listings.withLock { $0 } }

    var personalDataHolders: [any PersonalDataHolding] { holders.withLock { $0 } }

    /// Runs what cannot be in a transaction.
    func outsideTransaction(
        _ body: @escaping @Sendable (inout Connection) throws(PostgreSQLError) -> Void
    ) async throws(PostgreSQLError) {
        try await pool.run(body)
    }

    /// What a transaction gives, or why it refuses.
    package typealias Answer<Value> = Result<Value, PeopleError>

    /// Runs `body` in a transaction. What it refuses is kept all the same, such as that somebody failed; what it throws
    /// is rolled back. What it says was done is recorded in the audit log with it, and whom it says to tell of something
    /// is told of it if it takes place.
    package func enact<Value: Sendable>(
        _ body:
            @escaping @Sendable (inout Connection, inout Acts) throws(PostgreSQLError) ->
            Answer<Value>
    ) async throws(PeopleError) -> Value {
        let (queue, now) = (queue, now)
        let result: Answer<Value>
        do throws(PostgreSQLError) {
            let done = try await pool.run { connection throws(PostgreSQLError) in
                try connection.transaction {
                    connection throws(PostgreSQLError) -> (result: Answer<Value>, tells: Bool) in
                    var acts = Acts()
                    let result = try body(&connection, &acts)
                    let told = try queue.enqueue(acts.notices, at: now, in: &connection)
                    // Last, for it holds the log's end until the transaction's.
                    try AuditLog.append(acts.records, in: &connection)
                    return (result, told > 0)
                }
            }
            if done.tells { onNotice() }
            result = done.result
        } catch {
            logger.warning("people: a transaction failed", metadata: ["error": "\(error)"])
            throw error.isOutcomeUnknown ? .outcomeUnknown : .outOfReach
        }
        return try result.get()
    }

    /// Runs `body` in a transaction, of which there is nothing to record.
    package func transact<Value: Sendable>(
        _ body: @escaping @Sendable (inout Connection) throws(PostgreSQLError) -> Answer<Value>
    ) async throws(PeopleError) -> Value {
        try await enact { connection, _ throws(PostgreSQLError) -> Answer<Value> in
            try body(&connection)
        }
    }

    package func index(_ contact: ContactPoint) -> [UInt8] {
        configuration.lookupKey.index(of: contact.text, kind: contact.kind.word)
    }

    package func index(_ handle: Handle) -> [UInt8] {
        configuration.lookupKey.index(of: handle.text, kind: "handle")
    }
}
