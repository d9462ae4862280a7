internal import EventLog
internal import PostgreSQL
internal import Vault

/// Writes what a plan decided and commits it, in one round trip.
struct CommitWriter {
    private var parameters = Parameters()
    /// Statements sent whose results were not read.
    private var sent = 0
    private var transferWriter = TransferWriter()
    private var sealer: ContextSealer
    private var sealed = SealedContexts()

    /// - Parameter contextKeys: the master keys that keys of risk contexts are wrapped by.
    init(contextKeys: Keyring) { sealer = ContextSealer(contextKeys) }

    /// Sends the rows that do not depend on the log's new hash, so that the database works while the hash is made.
    mutating func writeRows(
        _ plan: CommitPlan, on connection: inout Connection
    ) throws(PostgreSQLError) {
        sent = 0
        // First: if a key cannot be wrapped, nothing has been sent that would have to be taken back.
        try sealContexts(plan)
        try insertEntries(plan, on: &connection)
        sent += try transferWriter.write(plan, on: &connection)
        try connection.flush()
        try writeAccounts(plan, on: &connection)
        try writeBeside(plan, on: &connection)
        try connection.flush()
    }

    /// Sends the batch itself, the new head and the COMMIT.
    mutating func sendCommit(
        _ plan: CommitPlan, payload: [UInt8], hash: RunningHash, on connection: inout Connection
    ) throws(PostgreSQLError) {
        parameters.removeAll()
        parameters.add(plan.batch.firstSequence.rawValue)
        parameters.add(plan.batch.lastSequence.rawValue)
        parameters.add(plan.now.rawValue)
        parameters.add(payload)
        parameters.add(hash.digest.bytes)
        try send(LedgerStatements.insertBatch, on: &connection)
        parameters.removeAll()
        parameters.add(plan.head.sequence.rawValue)
        parameters.add(plan.now.rawValue)
        parameters.add(hash.digest.bytes)
        parameters.add(plan.head.nextAccount)
        parameters.add(Int64(plan.head.epoch))
        parameters.add(plan.head.undecided)
        try send(LedgerStatements.updateHead, on: &connection)
        parameters.removeAll()
        try send(LedgerStatements.commit, on: &connection)
        try connection.sync()
    }

    /// Waits until all is durable.
    mutating func finish(on connection: inout Connection) throws(PostgreSQLError) {
        for _ in 0..<sent { _ = try connection.nextRows() }
        try connection.finish()
        sealer.confirm()
    }

    private mutating func send(
        _ statement: Statement, on connection: inout Connection
    ) throws(PostgreSQLError) {
        try connection.send(statement, parameters)
        sent += 1
    }

    // MARK: - Accounts and their history

    private mutating func insertEntries(
        _ plan: CommitPlan, on connection: inout Connection
    ) throws(PostgreSQLError) {
        if plan.entries.isEmpty { return }
        parameters.removeAll()
        parameters.addArray(plan.entries, \.account.id.rawValue)
        parameters.addArray(plan.entries, \.sequence.rawValue)
        parameters.addArray(plan.entries, \.account.posted)
        parameters.addArray(plan.entries, \.account.reserved)
        parameters.addArray(plan.entries, \.account.overdraft)
        parameters.addArray(plan.entries, \.account.debitCount)
        parameters.addArray(plan.entries, \.account.debitSum)
        parameters.addUUIDArray(plan.entries) { ($0.transfer.high, $0.transfer.low) }
        parameters.addInt16Array(plan.entries) { Int16($0.kind.rawValue) }
        parameters.addInt16Array(plan.entries) { Int16($0.cause.rawValue) }
        parameters.addInt16Array(plan.entries) { Int16($0.account.kind.rawValue) }
        parameters.addInt16Array(plan.entries) { Int16($0.account.currency) }
        parameters.addInt16Array(plan.entries) { AccountFlags($0).rawValue }
        parameters.add(plan.now.rawValue)
        try send(LedgerStatements.insertEntries, on: &connection)
    }

    private mutating func writeAccounts(
        _ plan: CommitPlan, on connection: inout Connection
    ) throws(PostgreSQLError) {
        if !plan.openedAccounts.isEmpty { try insertAccounts(plan, on: &connection) }
        let opened = Set(plan.openedAccounts.map(\.account))
        let capped = plan.changedCaps.subtracting(opened).compactMap { plan.accounts[$0] }
        if capped.isEmpty { return }
        parameters.removeAll()
        parameters.addArray(capped, \.id.rawValue)
        addCaps(of: capped)
        try send(LedgerStatements.updateCaps, on: &connection)
    }

    private mutating func insertAccounts(
        _ plan: CommitPlan, on connection: inout Connection
    ) throws(PostgreSQLError) {
        let items = plan.openedAccounts.compactMap { item in
            plan.accounts[item.account].map { (account: $0, opening: item.opening) }
        }
        parameters.removeAll()
        parameters.addArray(items, \.account.id.rawValue)
        parameters.addUUIDArray(items) { $0.opening.publicID.uuid.halves }
        parameters.addTextArray(items, \.opening.owner)
        parameters.addArray(items) { Int64(bitPattern: $0.opening.ownerToken.rawValue) }
        parameters.addInt16Array(items) { Int16($0.account.kind.rawValue) }
        parameters.addInt16Array(items) { Int16($0.account.currency) }
        addCaps(of: items.map(\.account))
        parameters.add(plan.now.rawValue)
        try send(LedgerStatements.insertAccounts, on: &connection)
    }

    private mutating func addCaps(of accounts: [Account]) {
        parameters.addOptionalArray(accounts, \.caps.hourCount)
        parameters.addOptionalArray(accounts, \.caps.hourSum)
        parameters.addOptionalArray(accounts, \.caps.dayCount)
        parameters.addOptionalArray(accounts, \.caps.daySum)
    }

    // MARK: - Beside the transfers

    private mutating func writeBeside(
        _ plan: CommitPlan, on connection: inout Connection
    ) throws(PostgreSQLError) {
        if !plan.newKeys.isEmpty { try insertKeys(plan, on: &connection) }
        sent += try sealed.send(sealer.newKeys, on: &connection)
        try eraseContexts(plan, on: &connection)
        if !plan.alerts.isEmpty {
            parameters.removeAll()
            parameters.addArray(plan.alerts, \.rawValue)
            try send(LedgerStatements.insertAlerts, on: &connection)
        }
        if !plan.notes.isEmpty {
            parameters.removeAll()
            parameters.addArray(plan.notes, \.sequence.rawValue)
            parameters.addUUIDArray(plan.notes) { ($0.transfer.high, $0.transfer.low) }
            parameters.addTextArray(plan.notes, \.actor)
            parameters.addTextArray(plan.notes, \.text)
            try send(LedgerStatements.insertNotes, on: &connection)
        }
        try putTallies(plan, on: &connection)
        for note in plan.policyNotes { try write(note, at: plan.now, on: &connection) }
    }

    /// Those that no transfer of this commit carries.
    private mutating func putTallies(
        _ plan: CommitPlan, on connection: inout Connection
    ) throws(PostgreSQLError) {
        let alone = plan.changedTallies.compactMap { spender, carrier in
            carrier == TransferID.none
                ? plan.tallies[spender].map { (spender: spender, tally: $0) } : nil
        }
        if alone.isEmpty { return }
        parameters.removeAll()
        parameters.addUUIDArray(alone) { ($0.spender.high, $0.spender.low) }
        parameters.add(plan.batch.lastSequence.rawValue)
        parameters.addBytesArray(alone) { TallyCoding.encode($0.tally) }
        try send(TallyStatements.put, on: &connection)
    }

    /// In the order of their events: a list may be changed twice in one commit.
    private mutating func write(
        _ note: CommitPlan.PolicyNote, at now: Timestamp, on connection: inout Connection
    ) throws(PostgreSQLError) {
        parameters.removeAll()
        switch note.change {
        case .policy(let policy):
            parameters.add(note.sequence.rawValue)
            parameters.add(now.rawValue)
            parameters.add(policy.modelHash)
            parameters.add(policy.challengerHash)
            parameters.add(policy.rules)
            parameters.add(note.actor)
            parameters.add(note.text)
            try send(LedgerStatements.insertPolicy, on: &connection)
        case .list(let entry):
            parameters.add(Int64(entry.list.rawValue))
            parameters.add(Int64(entry.subject.rawValue))
            parameters.add(Int64(bitPattern: entry.key))
            if entry.isRemoved {
                return try send(LedgerStatements.deleteListEntry, on: &connection)
            }
            parameters.add(entry.until.rawValue)
            parameters.add(note.sequence.rawValue)
            parameters.add(now.rawValue)
            parameters.add(note.actor)
            parameters.add(note.text)
            try send(LedgerStatements.upsertListEntry, on: &connection)
        }
    }

    private mutating func insertKeys(
        _ plan: CommitPlan, on connection: inout Connection
    ) throws(PostgreSQLError) {
        let keys = plan.newKeys.compactMap { key in
            plan.keys[key].map { (key: key, stored: $0) }
        }
        parameters.removeAll()
        parameters.addUUIDArray(keys) { ($0.key.high, $0.key.low) }
        parameters.addUUIDArray(keys) { ($0.stored.request.high, $0.stored.request.low) }
        parameters.addUUIDArray(keys) { $0.stored.subject?.halves }
        parameters.addArray(keys, \.stored.sequence.rawValue)
        guard keys.contains(where: { $0.stored.answer != nil }) else {
            return try send(LedgerStatements.insertSubjectKeys, on: &connection)
        }
        parameters.addBytesArray(keys, \.stored.answer)
        try send(LedgerStatements.insertKeys, on: &connection)
    }

    private mutating func sealContexts(_ plan: CommitPlan) throws(PostgreSQLError) {
        sealer.begin(lastErasure: plan.lastErasure)
        sealed.removeAll()
        var erasures = plan.erasedContexts[...]
        for item in plan.contexts {
            let sequence = plan.batch.firstSequence.advanced(by: item.index)
            while let erasure = erasures.first, erasure.sequence < sequence {
                sealer.forget(erasure.account)
                erasures.removeFirst()
            }
            try sealed.add(
                item.value, at: sequence, of: plan.batch.payer(at: item.index), by: &sealer)
        }
        for erasure in erasures { sealer.forget(erasure.account) }
    }

    /// Destroys the keys of accounts whose contexts are erased; what this commit sealed before goes, too.
    private mutating func eraseContexts(
        _ plan: CommitPlan, on connection: inout Connection
    ) throws(PostgreSQLError) {
        for erased in plan.erasedContexts {
            parameters.removeAll()
            parameters.add(erased.account.rawValue)
            parameters.add(erased.sequence.rawValue)
            parameters.add(plan.now.rawValue)
            try send(SealedContexts.erase, on: &connection)
        }
        for sequence in plan.rebases {
            parameters.removeAll()
            parameters.add(sequence.rawValue)
            parameters.add(plan.now.rawValue)
            try send(SealedContexts.insertRebase, on: &connection)
        }
    }
}
