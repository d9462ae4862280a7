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
    private var recentKeys = RecentKeys()

    init(_ configuration: GroupCommit.Configuration) { self.configuration = configuration }

    /// Other commands follow: what became of the last ones no longer matters here.
    mutating func forgetDoubt() { doubt = nil }

    /// Commits the commands as one transaction. On `unavailable` the same commands are to be given again, or
    /// given up: then what became of them is found in the log by their keys.
    mutating func commit(
        _ commands: [(Command, IdempotencyKey?)]
    ) throws(LedgerError) -> Outcome {
        let first = try attempt(commands, readingAllKeys: false)
        if let first { return first }
        guard let second = try attempt(commands, readingAllKeys: true) else {
            throw .corrupt("a key that is not stored cannot be stored")
        }
        return second
    }

    /// Nil if a key that was taken to be new is not.
    private mutating func attempt(
        _ commands: [(Command, IdempotencyKey?)], readingAllKeys: Bool
    ) throws(LedgerError) -> Outcome? {
        do throws(PostgreSQLError) {
            var connection = try takeConnection()
            var refused: PostgreSQLError?
            var outcome: Outcome?
            do throws(PostgreSQLError) {
                outcome = try commit(commands, readingAllKeys, on: &connection)
                if outcome == nil { _ = try connection.query(LedgerStatements.rollback) }
            } catch {
                // A broken connection ends here; the next batch begins with a new one.
                if error.isConnectionLost { throw error }
                _ = try connection.query(LedgerStatements.rollback)
                refused = error
            }
            self.connection = consume connection
            if let refused {
                if refused.sqlState == "23505", refused.message.contains("idempotency") {
                    return nil
                }
                throw refused
            }
            for (_, key) in commands {
                if let key { recentKeys.insert(key.key) }
            }
            return outcome
        } catch {
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
        _ commands: [(Command, IdempotencyKey?)], _ readingAllKeys: Bool,
        on connection: inout Connection
    ) throws(PostgreSQLError) -> Outcome? {
        let labelled = commands.map { (command: $0.0, key: $0.1) }
        let known = recentKeys
        var reading = try reader.read(
            labelled, policy: configuration.policy,
            readingKeys: { readingAllKeys || known.contains($0) }, on: &connection)
        if let doubt, try wasCommitted(doubt, on: &connection) {
            // If the connection is lost in this, too, it is still to be asked what became of them.
            try end(&connection)
            self.doubt = nil
            return doubt.outcome
        }
        doubt = nil
        var results: [Result<Effect, Refusal>] = []
        results.reserveCapacity(commands.count)
        for (command, key) in commands {
            do throws(Refusal) {
                results.append(.success(try reading.plan.apply(command, key: key)))
            } catch {
                results.append(.failure(error))
            }
        }
        // What is refused now may have been carried out before, under the same key: then that is the answer.
        let doubtful = zip(commands, results).compactMap { command, result -> TransferID? in
            guard case .failure = result, let key = command.1?.key else { return nil }
            return readingAllKeys || known.contains(key) ? nil : key
        }
        if !doubtful.isEmpty, try CommitReader.stored(among: doubtful, on: &connection) {
            return nil
        }
        guard !reading.plan.batch.isEmpty else {
            try end(&connection)
            return Outcome(results: results, committed: nil)
        }
        return try write(reading, results: results, on: &connection)
    }

    private mutating func write(
        _ reading: CommitReader.Reading, results: [Result<Effect, Refusal>],
        on connection: inout Connection
    ) throws(PostgreSQLError) -> Outcome {
        let plan = reading.plan
        guard let previous = SHA256Digest(bytes: reading.previousHash) else {
            throw .unexpectedResult(
                "the running hash has \(reading.previousHash.count) bytes, not 32")
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
        try writer.write(plan, at: reading.locations, payload: payload, hash: hash, on: &connection)
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
