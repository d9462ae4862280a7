internal import Cryptography
internal import EventLog
internal import PostgreSQL

/// One connection that commits batches, and what it must remember to find out what became of the last one.
struct CommitSession: ~Copyable {
    struct Outcome {
        var results: [Result<Effect, Refusal>]
        /// Nil if the batch changed nothing.
        var committed: CommittedBatch?
    }

    /// A batch whose COMMIT was sent but not answered.
    private struct Doubt {
        var outcome: Outcome
        var firstSequence: Sequence
        var hash: RunningHash
    }

    private let configuration: GroupCommit.Configuration
    private var connection: Connection?
    private var reader = CommitReader()
    private var writer = CommitWriter()
    private var doubt: Doubt?

    init(_ configuration: GroupCommit.Configuration) { self.configuration = configuration }

    /// Other commands follow: what became of the last ones no longer matters here.
    mutating func forgetDoubt() { doubt = nil }

    /// Commits the commands as one transaction. On `unavailable` the same commands are to be given again, or
    /// given up: then what became of them is found in the log by their keys.
    mutating func commit(
        _ commands: [(Command, IdempotencyKey?)]
    ) throws(LedgerError) -> Outcome {
        do throws(PostgreSQLError) {
            var connection = try takeConnection()
            let outcome = try commit(commands, on: &connection)
            self.connection = consume connection
            return outcome
        } catch {
            // A failed transaction ends with its connection; the next batch begins with a new one.
            throw .unavailable(error)
        }
    }

    private mutating func takeConnection() throws(PostgreSQLError) -> Connection {
        if let connection = connection.take() { return connection }
        var connection = try Connection(configuration.connection)
        try connection.execute(LedgerStatements.session)
        try connection.prepare(LedgerStatements.all)
        return connection
    }

    private mutating func commit(
        _ commands: [(Command, IdempotencyKey?)], on connection: inout Connection
    ) throws(PostgreSQLError) -> Outcome {
        let labelled = commands.map { (command: $0.0, key: $0.1) }
        var (plan, previousHash) = try reader.read(
            labelled, policy: configuration.policy, on: &connection)
        if let doubt, try wasCommitted(doubt, on: &connection) {
            self.doubt = nil
            try end(&connection)
            return doubt.outcome
        }
        doubt = nil
        var results: [Result<Effect, Refusal>] = []
        results.reserveCapacity(commands.count)
        for (command, key) in commands {
            do throws(Refusal) {
                results.append(.success(try plan.apply(command, key: key)))
            } catch {
                results.append(.failure(error))
            }
        }
        guard !plan.batch.isEmpty else {
            try end(&connection)
            return Outcome(results: results, committed: nil)
        }
        return try write(plan, previousHash: previousHash, results: results, on: &connection)
    }

    private mutating func write(
        _ plan: CommitPlan, previousHash: [UInt8], results: [Result<Effect, Refusal>],
        on connection: inout Connection
    ) throws(PostgreSQLError) -> Outcome {
        guard let previous = SHA256Digest(bytes: previousHash) else {
            throw .unexpectedResult("the running hash has \(previousHash.count) bytes, not 32")
        }
        let payload: [UInt8]
        do throws(WireError) { payload = try plan.batch.encoded() } catch {
            throw .unexpectedResult("\(error)")
        }
        let hash = RunningHash(previous).adding(payload: payload)
        let changed = plan.openedTransfers.union(plan.changedTransfers).compactMap {
            plan.transfers[$0]
        }
        let committed = CommittedBatch(
            stored: StoredBatch(
                firstSequence: plan.batch.firstSequence, lastSequence: plan.batch.lastSequence,
                payload: payload, runningHash: hash, contexts: RiskContexts(plan.contexts)),
            events: plan.batch, transfers: changed)
        let outcome = Outcome(results: results, committed: committed)
        doubt = Doubt(outcome: outcome, firstSequence: plan.batch.firstSequence, hash: hash)
        try writer.write(plan, payload: payload, hash: hash, on: &connection)
        doubt = nil
        return outcome
    }

    /// Asked while the head is locked, so that no earlier transaction can still be under way.
    private func wasCommitted(
        _ doubt: Doubt, on connection: inout Connection
    ) throws(PostgreSQLError) -> Bool {
        var parameters = Parameters()
        parameters.add(doubt.firstSequence.rawValue)
        let rows = try connection.query(LedgerStatements.committedHash, parameters)
        return !rows.isEmpty && rows.bytes(0, 0) == doubt.hash.digest.bytes
    }

    private func end(_ connection: inout Connection) throws(PostgreSQLError) {
        _ = try connection.query(LedgerStatements.commit)
    }
}
