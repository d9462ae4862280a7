internal import EventLog
internal import PostgreSQL

/// Reads what the commands of a batch will need.
///
/// The lock on the ledger's head is taken first, so that what is read is what will be changed. While one batch is still
/// being written, the next one's rows can be read ahead on a second connection, the scout: what it finds counts only if
/// the head, once locked, turns out to be that of the batch that was being written, and only for what that batch did not
/// change. Anything else is read again under the lock.
struct CommitReader {
    private var accountIDs: Set<AccountID> = []
    private var transferIDs: Set<TransferID> = []
    private var keyIDs: Set<TransferID> = []
    private var detailIDs: Set<AccountID> = []
    private var houseKinds: Set<Int16> = []
    private var payers: Set<AccountID> = []
    /// Accounts that the batch itself gives caps: they count from then on.
    private var limited: Set<AccountID> = []
    private var needsLease = false
    /// Whose tallies the batch adds to, or gives back to.
    private var spenders: Set<TransferID> = []
    /// Those of them that the memory does not know.
    private var askedSpenders: Set<TransferID> = []
    /// What is asked of the tables because the memory does not know it.
    private var askedTransfers: Set<TransferID> = []
    private var askedAccounts: Set<AccountID> = []
    /// What was found ahead of the lock: good if the memory is, once the lock is there.
    private var prepared = KnownRows()
    private var parameters = Parameters()

    /// What was read.
    struct Reading {
        var plan: CommitPlan
        /// The running hash at the head.
        var previousHash: [UInt8]
    }

    /// Finds out what the commands need. `keys` are looked up; others are taken to be new: the unique index finds out if
    /// one is not.
    mutating func collect(
        _ commands: [(Command, IdempotencyKey?)], keys: Set<TransferID>,
        _ memory: borrowing VerifiedMemory
    ) {
        forget()
        keyIDs = keys
        for (command, _) in commands { collect(command) }
        for id in transferIDs {
            guard let transfer = memory.guess(id) else {
                askedTransfers.insert(id)
                continue
            }
            for movement in transfer.movements {
                accountIDs.insert(movement.from)
                accountIDs.insert(movement.to)
            }
            if let spending = transfer.spending { spenders.insert(spending.spender) }
        }
        for id in spenders where !memory.mayKnowTally(of: id) { askedSpenders.insert(id) }
        for id in accountIDs where !memory.mayKnow(id) { askedAccounts.insert(id) }
    }

    /// Whether something has to be read that the memory does not know.
    var hasReads: Bool { !askedTransfers.isEmpty || !askedAccounts.isEmpty }

    /// Whether a key is among those that are looked up.
    func looksUp(_ key: TransferID) -> Bool { keyIDs.contains(key) }

    /// Sends the reads whose results do not depend on the lock.
    mutating func sendReads(on connection: inout Connection) throws(PostgreSQLError) {
        try send(askedTransfers, on: &connection)
        try send(askedAccounts, on: &connection)
    }

    /// Receives what the scout was sent for with ``sendReads(on:)``.
    mutating func receiveScouted(
        on scout: inout Connection, _ memory: borrowing VerifiedMemory
    ) throws(PostgreSQLError) {
        var found = KnownRows()
        try receiveReads(into: &found, on: &scout)
        try scout.finish()
        // What the batch in front ended is not remembered, and the scout may have seen it before.
        for id in askedTransfers where memory.lastTransfers.contains(id) {
            found.transfers[id] = nil
        }
        prepared = found
    }

    /// Prepares what is remembered: to be done when the batch in front has been remembered.
    mutating func recall(_ memory: borrowing VerifiedMemory) {
        memory.recall(
            accounts: accountIDs, transfers: transferIDs, spenders: spenders, into: &prepared)
    }

    /// Starts the transaction, takes the lock, and reads beside it what depends on the lock.
    mutating func sendLock(on connection: inout Connection) throws(PostgreSQLError) {
        try connection.send(LedgerStatements.begin)
        try connection.send(LedgerStatements.head)
        try connection.send(LedgerStatements.clock)
        if needsLease { try connection.send(LedgerStatements.leaseToken) }
        if !houseKinds.isEmpty {
            parameters.removeAll()
            parameters.addInt16Array(houseKinds) { $0 }
            try connection.send(LedgerStatements.houses, parameters)
        }
        if !askedSpenders.isEmpty { try sendSpenders(askedSpenders, on: &connection) }
        try sendKeys(on: &connection)
    }

    /// Waits for the lock and reads what is still needed. `isAhead` says that the lock was asked for before the batch
    /// in front was answered, and then without ``sendReads(on:)``.
    mutating func read(
        policy: LedgerPolicy, memory: inout VerifiedMemory, isAhead: Bool,
        on connection: inout Connection
    ) throws(PostgreSQLError) -> Reading {
        var (plan, previousHash) = try readLock(policy, on: &connection)
        var tallies: [TransferID: SpendingTally] = [:]
        if !askedSpenders.isEmpty {
            try receiveTallies(of: askedSpenders, into: &tallies, on: &connection)
        }
        let subjects = try readKeys(into: &plan, on: &connection)
        var known = KnownRows()
        swap(&known, &prepared)
        if !memory.isCurrent(at: previousHash) { known = KnownRows() }
        if !isAhead { try receiveReads(into: &known, on: &connection) }
        try connection.finish()
        // These were read under the lock.
        known.tallies.merge(tallies) { $1 }
        plan.know(known)
        let missing = transferIDs.union(subjects).filter {
            plan.transfers[$0] == nil && (isAhead || !askedTransfers.contains($0))
        }
        try readTransfers(missing, into: &plan, on: &connection)
        for id in transferIDs.union(subjects) {
            for movement in plan.transfers[id]?.movements ?? [] {
                accountIDs.insert(movement.from)
                accountIDs.insert(movement.to)
            }
            if let spending = plan.transfers[id]?.spending { spenders.insert(spending.spender) }
        }
        try readTallies(
            of: spenders.filter { plan.tallies[$0] == nil }, into: &plan, on: &connection)
        try readAccounts(
            accountIDs.union(plan.houses.values).filter {
                plan.accounts[$0] == nil && (isAhead || !askedAccounts.contains($0))
            }, into: &plan, on: &connection)
        try readMore(into: &plan, on: &connection)
        return Reading(plan: plan, previousHash: previousHash)
    }

    private mutating func readLock(
        _ policy: LedgerPolicy, on connection: inout Connection
    ) throws(PostgreSQLError) -> (CommitPlan, previousHash: [UInt8]) {
        _ = try connection.nextRows()
        let head = try connection.nextRows()
        let clock = try connection.nextRows()
        guard head.count == 1 else { throw .unexpectedResult("ledger_head has \(head.count) rows") }
        var plan = CommitPlan(
            policy: policy, now: Timestamp(max(clock.int(0, 0), head.int(0, 1))),
            head: CommitPlan.Head(
                sequence: Sequence(head.int(0, 0)), nextAccount: head.int(0, 3),
                epoch: UInt32(head.int(0, 4)), undecided: head.int(0, 5)))
        plan.lastErasure = clock.optionalInt(0, 1).map { Sequence($0) }
        if needsLease {
            let lease = try connection.nextRows()
            plan.leaseToken = lease.isEmpty ? 0 : lease.int(0, 0)
        }
        if !houseKinds.isEmpty { try readHouses(into: &plan, on: &connection) }
        return (plan, head.bytes(0, 2))
    }

    /// Receives what was sent with ``sendReads(on:)``.
    private func receiveReads(
        into known: inout KnownRows, on connection: inout Connection
    ) throws(PostgreSQLError) {
        if !askedTransfers.isEmpty {
            for transfer in try nextTransfers(on: &connection) {
                known.transfers[transfer.id] = transfer
            }
        }
        if !askedAccounts.isEmpty {
            for (account, hasCaps) in try nextAccounts(on: &connection) {
                known.add(account, hasCaps: hasCaps)
            }
        }
    }

    /// Forgets the last batch but keeps the storage.
    private mutating func forget() {
        accountIDs.removeAll(keepingCapacity: true)
        transferIDs.removeAll(keepingCapacity: true)
        detailIDs.removeAll(keepingCapacity: true)
        houseKinds.removeAll(keepingCapacity: true)
        payers.removeAll(keepingCapacity: true)
        limited.removeAll(keepingCapacity: true)
        askedTransfers.removeAll(keepingCapacity: true)
        askedAccounts.removeAll(keepingCapacity: true)
        spenders.removeAll(keepingCapacity: true)
        askedSpenders.removeAll(keepingCapacity: true)
        needsLease = false
        prepared = KnownRows()
    }

    // MARK: - What is needed

    private mutating func collect(_ command: Command) {
        switch command {
        case .openAccount(let opening):
            if opening.kind.isHouse { houseKinds.insert(Int16(opening.kind.rawValue)) }
        case .freeze(let id, _, _):
            accountIDs.insert(id)
            detailIDs.insert(id)
        case .limit(let id, _, _):
            accountIDs.insert(id)
            detailIDs.insert(id)
            limited.insert(id)
        case .transfer(let opening):
            accountIDs.insert(opening.payer)
            accountIDs.insert(opening.payee)
            if opening.mode != .immediate { payers.insert(opening.payer) }
            for leg in opening.extraLegs {
                accountIDs.insert(leg.from)
                accountIDs.insert(leg.to)
            }
            if opening.happensOnce { transferIDs.insert(opening.id) }
            if let check = opening.spending { spenders.insert(check.spending.spender) }
        case .refund(let id, _, let newID):
            transferIDs.insert(id)
            // It may stand for something that happens once, such as the return of what nobody claimed.
            transferIDs.insert(newID)
        case .decide(let decision):
            transferIDs.insert(decision.transfer)
            needsLease = true
        case .decideByPolicy(let id), .capture(let id, _, _), .void(let id),
            .challenge(let id, _, _), .review(let id, _, _, _), .label(let id, _, _),
            .expire(let id):
            transferIDs.insert(id)
        case .eraseContext(let id):
            accountIDs.insert(id)
        case .activateEngine, .activatePolicy, .changeList, .rebase: break
        }
    }

    // MARK: - Keys that were taken to be new

    /// Which of some keys are stored after all. To be asked in the transaction of the reading.
    static func stored(
        among keys: [TransferID], on connection: inout Connection
    ) throws(PostgreSQLError) -> Bool {
        var parameters = Parameters()
        parameters.addUUIDArray(keys) { ($0.high, $0.low) }
        return try !connection.query(LedgerStatements.keys, parameters).isEmpty
    }

    // MARK: - First round trip

    private mutating func sendKeys(on connection: inout Connection) throws(PostgreSQLError) {
        if keyIDs.isEmpty { return }
        parameters.removeAll()
        parameters.addUUIDArray(keyIDs) { ($0.high, $0.low) }
        try connection.send(LedgerStatements.keys, parameters)
    }

    private mutating func send(
        _ transfers: Set<TransferID>, on connection: inout Connection
    ) throws(PostgreSQLError) {
        if transfers.isEmpty { return }
        parameters.removeAll()
        parameters.addUUIDArray(transfers) { ($0.high, $0.low) }
        try connection.send(LedgerStatements.transfers, parameters)
    }

    private mutating func send(
        _ accounts: Set<AccountID>, on connection: inout Connection
    ) throws(PostgreSQLError) {
        if accounts.isEmpty { return }
        parameters.removeAll()
        parameters.addArray(accounts, \.rawValue)
        try connection.send(LedgerStatements.accountStates, parameters)
    }

    /// Returns the transfers that known keys stand for.
    private func readKeys(
        into plan: inout CommitPlan, on connection: inout Connection
    ) throws(PostgreSQLError) -> Set<TransferID> {
        var subjects: Set<TransferID> = []
        if keyIDs.isEmpty { return subjects }
        let rows = try connection.nextRows()
        for row in 0..<rows.count {
            let key = rows.uuid(row, 0)
            let request = rows.uuid(row, 1)
            let subject = rows.optionalUUID(row, 2).map { TransferID(high: $0.high, low: $0.low) }
            plan.keys[TransferID(high: key.high, low: key.low)] = CommitPlan.StoredKey(
                request: TransferID(high: request.high, low: request.low), subject: subject,
                sequence: Sequence(rows.int(row, 3)),
                answer: rows.isNull(row, 4) ? nil : rows.bytes(row, 4))
            if let subject { subjects.insert(subject) }
        }
        return subjects
    }

    private func nextTransfers(
        on connection: inout Connection
    ) throws(PostgreSQLError) -> [Transfer] {
        let rows = try connection.nextRows()
        var transfers: [Transfer] = []
        transfers.reserveCapacity(rows.count)
        for row in 0..<rows.count {
            guard let transfer = Transfer(rows, row) else {
                throw .unexpectedResult(
                    "a transfer has a kind or state that this build does not know")
            }
            transfers.append(transfer)
        }
        return transfers
    }

    private func nextAccounts(
        on connection: inout Connection
    ) throws(PostgreSQLError) -> [(account: Account, hasCaps: Bool)] {
        let rows = try connection.nextRows()
        var accounts: [(account: Account, hasCaps: Bool)] = []
        accounts.reserveCapacity(rows.count)
        for row in 0..<rows.count {
            guard let kind = AccountKind(rawValue: UInt8(rows.int(row, 1))) else {
                throw .unexpectedResult(
                    "account \(rows.int(row, 0)) is of unknown kind \(rows.int(row, 1))")
            }
            let flags = AccountFlags(rawValue: Int16(rows.int(row, 6)))
            let account = Account(
                id: AccountID(rows.int(row, 0)), kind: kind, currency: UInt16(rows.int(row, 2)),
                posted: rows.int(row, 3), reserved: rows.int(row, 4), overdraft: rows.int(row, 5),
                debitsFrozen: flags.contains(.debitsFrozen),
                creditsFrozen: flags.contains(.creditsFrozen), debitCount: rows.int(row, 7),
                debitSum: rows.int(row, 8))
            accounts.append((account, flags.contains(.hasCaps)))
        }
        return accounts
    }

    private func readHouses(
        into plan: inout CommitPlan, on connection: inout Connection
    ) throws(PostgreSQLError) {
        let rows = try connection.nextRows()
        for row in 0..<rows.count {
            guard let kind = AccountKind(rawValue: UInt8(rows.int(row, 0))) else { continue }
            let house = CommitPlan.House(kind: kind, currency: UInt16(rows.int(row, 1)))
            plan.houses[house] = AccountID(rows.int(row, 2))
        }
    }

    // MARK: - Further round trips, when the first showed that more is needed

    private mutating func readTransfers(
        _ missing: Set<TransferID>, into plan: inout CommitPlan, on connection: inout Connection
    ) throws(PostgreSQLError) {
        if missing.isEmpty { return }
        try send(missing, on: &connection)
        try connection.sync()
        for transfer in try nextTransfers(on: &connection) {
            plan.transfers[transfer.id] = transfer
        }
        try connection.finish()
    }

    private mutating func readAccounts(
        _ missing: Set<AccountID>, into plan: inout CommitPlan, on connection: inout Connection
    ) throws(PostgreSQLError) {
        if missing.isEmpty { return }
        try send(missing, on: &connection)
        try connection.sync()
        for (account, hasCaps) in try nextAccounts(on: &connection) {
            plan.accounts[account.id] = account
            if hasCaps { plan.cappedAccounts.insert(account.id) }
        }
        try connection.finish()
    }

    private mutating func sendSpenders(
        _ spenders: Set<TransferID>, on connection: inout Connection
    ) throws(PostgreSQLError) {
        parameters.removeAll()
        parameters.addUUIDArray(spenders) { ($0.high, $0.low) }
        try connection.send(TallyStatements.newest, parameters)
    }

    /// Receives tallies that were sent for. Who has none has spent nothing, in no day and no month.
    private func receiveTallies(
        of spenders: Set<TransferID>, into tallies: inout [TransferID: SpendingTally],
        on connection: inout Connection
    ) throws(PostgreSQLError) {
        for spender in spenders {
            tallies[spender] = SpendingTally(day: -1, month: -1, counters: [])
        }
        let rows = try connection.nextRows()
        for row in 0..<rows.count where !rows.isNull(row, 1) {
            let (high, low) = rows.uuid(row, 0)
            let spender = TransferID(high: high, low: low)
            tallies[spender] = try TallyStatements.tally(rows, row, 1, of: spender)
        }
    }

    private mutating func readTallies(
        of missing: Set<TransferID>, into plan: inout CommitPlan, on connection: inout Connection
    ) throws(PostgreSQLError) {
        if missing.isEmpty { return }
        try sendSpenders(missing, on: &connection)
        try connection.sync()
        try receiveTallies(of: missing, into: &plan.tallies, on: &connection)
        try connection.finish()
    }

    private mutating func readMore(
        into plan: inout CommitPlan, on connection: inout Connection
    ) throws(PostgreSQLError) {
        let cappedPayers = payers.filter {
            (plan.cappedAccounts.contains($0) || limited.contains($0)) && plan.accounts[$0] != nil
        }
        .sorted()
        let detailed = detailIDs.union(cappedPayers)
        if !detailed.isEmpty { try readDetails(of: detailed, into: &plan, on: &connection) }
        if !cappedPayers.isEmpty { try readCaps(of: cappedPayers, into: &plan, on: &connection) }
        if case .postSmall = plan.policy.onFailure {
            try readPolicyUsage(into: &plan, on: &connection)
        }
    }

    private mutating func readDetails(
        of ids: Set<AccountID>, into plan: inout CommitPlan, on connection: inout Connection
    ) throws(PostgreSQLError) {
        parameters.removeAll()
        parameters.addArray(ids, \.rawValue)
        let rows = try connection.query(LedgerStatements.accounts, parameters)
        for row in 0..<rows.count {
            let id = AccountID(rows.int(row, 0))
            plan.accounts[id]?.owner = Token(UInt64(bitPattern: rows.int(row, 1)))
            plan.accounts[id]?.caps = Caps(
                hourCount: rows.optionalInt(row, 2), hourSum: rows.optionalInt(row, 3),
                dayCount: rows.optionalInt(row, 4), daySum: rows.optionalInt(row, 5))
        }
    }

    private mutating func sequence(
        at moment: Timestamp, on connection: inout Connection
    ) throws(PostgreSQLError) -> Int64 {
        parameters.removeAll()
        parameters.add(moment.rawValue)
        let rows = try connection.query(LedgerStatements.sequenceAt, parameters)
        return rows.isEmpty ? 0 : rows.int(0, 0)
    }

    private mutating func readCaps(
        of ids: [AccountID], into plan: inout CommitPlan, on connection: inout Connection
    ) throws(PostgreSQLError) {
        let hour = try sequence(at: plan.now.adding(seconds: -3600), on: &connection)
        // Midnight belongs to the new day, so the old one ends a microsecond before.
        let midnight = plan.now.rawValue / 86_400_000_000 * 86_400_000_000
        let day = try sequence(at: Timestamp(midnight - 1), on: &connection)
        for id in ids {
            for sequence in [hour, day] {
                parameters.removeAll()
                parameters.add(id.rawValue)
                parameters.add(sequence)
                try connection.send(LedgerStatements.capBase, parameters)
            }
        }
        try connection.sync()
        for id in ids {
            var usage = CapUsage()
            let hourRows = try connection.nextRows()
            if !hourRows.isEmpty {
                (usage.hourBaseCount, usage.hourBaseSum) = (hourRows.int(0, 0), hourRows.int(0, 1))
            }
            let dayRows = try connection.nextRows()
            if !dayRows.isEmpty {
                (usage.dayBaseCount, usage.dayBaseSum) = (dayRows.int(0, 0), dayRows.int(0, 1))
            }
            plan.capUsage[id] = usage
        }
        try connection.finish()
    }

    private mutating func readPolicyUsage(
        into plan: inout CommitPlan, on connection: inout Connection
    ) throws(PostgreSQLError) {
        let undecided = transferIDs.compactMap { plan.transfers[$0] }.filter {
            $0.state == .reserved
        }
        let candidates = payers.union(undecided.map(\.payer)).sorted()
        if candidates.isEmpty { return }
        let hour = try sequence(at: plan.now.adding(seconds: -3600), on: &connection)
        for id in candidates {
            parameters.removeAll()
            parameters.add(id.rawValue)
            parameters.add(hour)
            try connection.send(LedgerStatements.policyUsage, parameters)
        }
        try connection.sync()
        for id in candidates { plan.policyUsage[id] = try connection.nextRows().int(0, 0) }
        try connection.finish()
    }
}
