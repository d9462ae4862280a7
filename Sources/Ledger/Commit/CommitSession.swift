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
    /// A second connection, which reads ahead for the next batch while the first one writes.
    private var scout: Connection?
    /// Whether the lock for the next batch was asked for behind the last batch's COMMIT.
    private var isAhead = false
    private var reader = CommitReader()
    private var writer: CommitWriter
    private var doubt: Doubt?
    private var recentKeys = RecentKeys()
    private var memory = VerifiedMemory()

    init(_ configuration: GroupCommit.Configuration) {
        self.configuration = configuration
        writer = CommitWriter(contextKeys: configuration.contextKeys)
    }

    /// Other commands follow: what became of the last ones no longer matters here.
    mutating func forgetDoubt() { doubt = nil }

    /// What a commit does beside its own work.
    struct Beside {
        /// Runs once, while the database writes.
        var meanwhile: () -> Void = {}
        /// Called while the database writes: the commands of the next batch, to read ahead for; empty for none.
        var next: () -> [(Command, IdempotencyKey?)] = { [] }
    }

    /// Commits the commands as one transaction. On `unavailable` the same commands are to be given again, or
    /// given up: then what became of them is found in the log by their keys. `readingAllKeys` looks every key up,
    /// not only those that came lately.
    mutating func commit(
        _ commands: [(Command, IdempotencyKey?)], readingAllKeys: Bool = false, beside: Beside
    ) throws(LedgerError) -> Outcome {
        let first = try attempt(commands, readingAllKeys: readingAllKeys, beside)
        if let first { return first }
        guard let second = try attempt(commands, readingAllKeys: true, Beside()) else {
            throw .corrupt("a key that is not stored cannot be stored")
        }
        return second
    }

    /// Nil if a key that was taken to be new is not.
    private mutating func attempt(
        _ commands: [(Command, IdempotencyKey?)], readingAllKeys: Bool, _ beside: Beside
    ) throws(LedgerError) -> Outcome? {
        do throws(PostgreSQLError) {
            var connection = try opened(connection.take())
            var refused: PostgreSQLError?
            var outcome: Outcome?
            do throws(PostgreSQLError) {
                outcome = try commit(commands, readingAllKeys, on: &connection, beside)
                if outcome == nil {
                    _ = try connection.query(LedgerStatements.rollback)
                }
            } catch {
                let wasAhead = isAhead
                isAhead = false
                // A broken connection ends here; the next batch begins with a new one.
                if error.isConnectionLost { throw error }
                do throws(PostgreSQLError) {
                    if wasAhead { try connection.skipToSync() }
                    _ = try connection.query(LedgerStatements.rollback)
                } catch let later {
                    throw later.isConnectionLost ? later : error
                }
                // So does one with answers that were not read, which the next batch would take for its own.
                guard connection.isIdle else { throw error }
                refused = error
            }
            self.connection = consume connection
            if let refused {
                if refused.sqlState == "23505", refused.message.contains("idempotency") {
                    return nil
                }
                throw refused
            }
            return outcome
        } catch {
            throw .unavailable(error)
        }
    }

    private func opened(
        _ known: consuming Connection?
    ) throws(PostgreSQLError) -> Connection {
        if let known { return known }
        var connection = try Connection(configuration.connection)
        try connection.execute(LedgerStatements.session)
        try connection.prepare(LedgerStatements.all)
        return connection
    }

    private mutating func commit(
        _ commands: [(Command, IdempotencyKey?)], _ readingAllKeys: Bool,
        on connection: inout Connection, _ beside: Beside
    ) throws(PostgreSQLError) -> Outcome? {
        let wasAhead = isAhead
        if !wasAhead {
            collect(commands, readingAllKeys)
            try reader.sendLock(on: &connection)
            try reader.sendReads(on: &connection)
            try connection.sync()
            reader.recall(memory)
        }
        isAhead = false
        var reading = try reader.read(
            policy: configuration.policy, memory: &memory, isAhead: wasAhead, on: &connection)
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
            return reader.looksUp(key) ? nil : key
        }
        if !doubtful.isEmpty, try CommitReader.stored(among: doubtful, on: &connection) {
            return nil
        }
        for case let (_, key?) in commands { recentKeys.insert(key.key) }
        guard !reading.plan.batch.isEmpty else {
            try end(&connection)
            memory.remember(reading.plan, reading.previousHash)
            return Outcome(results: results, committed: nil)
        }
        return try write(reading, results: results, on: &connection, beside)
    }

    private mutating func collect(
        _ commands: [(Command, IdempotencyKey?)], _ readingAllKeys: Bool
    ) {
        var keys: Set<TransferID> = []
        for case let (_, key?) in commands where readingAllKeys || recentKeys.contains(key.key) {
            keys.insert(key.key)
        }
        reader.collect(commands, keys: keys, memory)
    }

    /// Goes ahead with the next batch while this one is written: asks for the lock behind its COMMIT, and reads.
    private mutating func goAhead(
        _ commands: [(Command, IdempotencyKey?)], on connection: inout Connection
    ) throws(PostgreSQLError) {
        if commands.isEmpty { return }
        collect(commands, false)
        var scouting = reader.hasReads ? sentScout() : nil
        try reader.sendLock(on: &connection)
        try connection.sync()
        isAhead = true
        if var found = scouting.take() {
            do throws(PostgreSQLError) {
                try reader.receiveScouted(on: &found, memory)
                scout = consume found
            } catch {
                // The next batch is read under its lock, as if nobody had gone ahead.
            }
        }
        reader.recall(memory)
    }

    /// The second connection, with the reads sent on it; nil if there is none to be had.
    private mutating func sentScout() -> Connection? {
        do throws(PostgreSQLError) {
            var connection = try opened(scout.take())
            try reader.sendReads(on: &connection)
            try connection.sync()
            return consume connection
        } catch {
            return nil
        }
    }

    private mutating func write(
        _ reading: CommitReader.Reading, results: [Result<Effect, Refusal>],
        on connection: inout Connection, _ beside: Beside
    ) throws(PostgreSQLError) -> Outcome {
        guard let previous = SHA256Digest(bytes: reading.previousHash) else {
            throw .unexpectedResult(
                "the running hash has \(reading.previousHash.count) bytes, not 32")
        }
        try writer.writeRows(reading.plan, on: &connection)
        let payload: [UInt8]
        do throws(WireError) { payload = try reading.plan.batch.encoded() } catch {
            throw .unexpectedResult("\(error)")
        }
        let hash = RunningHash(previous).adding(payload: payload)
        let outcome = Outcome(
            results: results, committed: Self.committed(reading.plan, payload, hash))
        doubt = Doubt(outcome: outcome, firstSequence: reading.plan.batch.firstSequence, hash: hash)
        try writer.sendCommit(reading.plan, payload: payload, hash: hash, on: &connection)
        memory.remember(reading.plan, hash.digest.bytes)
        beside.meanwhile()
        try goAhead(beside.next(), on: &connection)
        try writer.finish(on: &connection)
        doubt = nil
        return outcome
    }

    private static func committed(
        _ plan: borrowing CommitPlan, _ payload: [UInt8], _ hash: RunningHash
    ) -> CommittedBatch {
        var stored = StoredBatch(
            firstSequence: plan.batch.firstSequence, lastSequence: plan.batch.lastSequence,
            payload: payload, runningHash: hash, contexts: RiskContexts(plan.contexts))
        stored.erases = !plan.erasedContexts.isEmpty
        return CommittedBatch(
            stored: stored, events: plan.batch,
            transfers: plan.openedTransfers.compactMap { plan.transfers[$0] }
                + plan.changedTransfers.compactMap { plan.transfers[$0] })
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
