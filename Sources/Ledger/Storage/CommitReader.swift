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
    /// What was asked of the tables because the memory does not know it.
    private var askedTransfers: Set<TransferID> = []
    private var askedAccounts: Set<AccountID> = []
    private var parameters = Parameters()

    /// What was read.
    struct Reading {
        var plan: CommitPlan
        /// The running hash at the head.
        var previousHash: [UInt8]
    }

    /// Finds out what the commands need, for ``sendReads(on:)`` and ``read(_:policy:memory:scout:on:meanwhile:)``.
    mutating func collect(
        _ commands: [(Command, IdempotencyKey?)], _ memory: borrowing VerifiedMemory
    ) {
        forget()
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
        }
        for id in accountIDs where !memory.mayKnow(id) { askedAccounts.insert(id) }
    }

    /// Whether something has to be read that the memory does not know.
    var hasReads: Bool { !askedTransfers.isEmpty || !askedAccounts.isEmpty }

    /// Sends the reads whose results do not depend on the lock.
    mutating func sendReads(on connection: inout Connection) throws(PostgreSQLError) {
        try send(askedTransfers, on: &connection)
        try send(askedAccounts, on: &connection)
    }

    /// Starts the transaction, takes the lock and reads what is still needed. `keys` are looked up; others are taken to
    /// be new: the unique index finds out if one is not. `scout` has the results of ``sendReads(on:)`` if they were sent
    /// there. `meanwhile` runs while the database works.
    mutating func read(
        keys: Set<TransferID>, policy: LedgerPolicy, memory: inout VerifiedMemory,
        scout: inout Connection?, on connection: inout Connection, meanwhile: () -> Void
    ) throws(PostgreSQLError) -> Reading {
        keyIDs = keys
        let isScouted = scout != nil
        try sendLock(on: &connection)
        if !isScouted { try sendReads(on: &connection) }
        try connection.sync()
        meanwhile()

        var (plan, previousHash) = try readLock(policy, on: &connection)
        let subjects = try readKeys(into: &plan, on: &connection)
        var wantedAccounts = askedAccounts
        var wantedTransfers = askedTransfers
        if !isScouted {
            try readAsked(into: &plan, on: &connection)
            wantedAccounts.removeAll()
            wantedTransfers.removeAll()
        }
        try connection.finish()
        let isCurrent = memory.isCurrent(at: previousHash)
        if var scouting = scout.take() {
            var scouted = plan
            try readAsked(into: &scouted, on: &scouting)
            try scouting.finish()
            scout = consume scouting
            if isCurrent {
                plan = scouted
                wantedAccounts.removeAll()
                // A transfer that the last batch ended is not in the memory, and the scout may have seen it before.
                wantedTransfers.formIntersection(memory.lastTransfers)
                for id in wantedTransfers { plan.transfers[id] = nil }
            }
        }
        if isCurrent { memory.recall(accounts: accountIDs, transfers: transferIDs, into: &plan) }
        // What the memory was thought to know and did not is as missing as what nobody asked for yet.
        let missing = transferIDs.subtracting(askedTransfers).union(subjects).union(wantedTransfers)
            .filter { plan.transfers[$0] == nil }
        try readTransfers(missing, into: &plan, on: &connection)
        let alreadyAsked = wantedAccounts.isEmpty ? askedAccounts : []
        try readMissingAccounts(asked: alreadyAsked, memory, into: &plan, on: &connection)
        try readMore(into: &plan, on: &connection)
        return Reading(plan: plan, previousHash: previousHash)
    }

    private mutating func sendLock(on connection: inout Connection) throws(PostgreSQLError) {
        try connection.send(LedgerStatements.begin)
        try connection.send(LedgerStatements.head)
        try connection.send(LedgerStatements.clock)
        if needsLease { try connection.send(LedgerStatements.leaseToken) }
        if !houseKinds.isEmpty {
            parameters.removeAll()
            parameters.addInt16Array(houseKinds) { $0 }
            try connection.send(LedgerStatements.houses, parameters)
        }
        try sendKeys(on: &connection)
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
        if needsLease {
            let lease = try connection.nextRows()
            plan.leaseToken = lease.isEmpty ? 0 : lease.int(0, 0)
        }
        if !houseKinds.isEmpty { try readHouses(into: &plan, on: &connection) }
        return (plan, head.bytes(0, 2))
    }

    private mutating func readAsked(
        into plan: inout CommitPlan, on connection: inout Connection
    ) throws(PostgreSQLError) {
        try readTransfers(into: &plan, expected: !askedTransfers.isEmpty, on: &connection)
        try readAccounts(into: &plan, expected: !askedAccounts.isEmpty, on: &connection)
    }

    /// Forgets the last batch but keeps the storage.
    private mutating func forget() {
        accountIDs.removeAll(keepingCapacity: true)
        transferIDs.removeAll(keepingCapacity: true)
        keyIDs.removeAll(keepingCapacity: true)
        detailIDs.removeAll(keepingCapacity: true)
        houseKinds.removeAll(keepingCapacity: true)
        payers.removeAll(keepingCapacity: true)
        limited.removeAll(keepingCapacity: true)
        askedTransfers.removeAll(keepingCapacity: true)
        askedAccounts.removeAll(keepingCapacity: true)
        needsLease = false
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
        case .decide(let decision):
            transferIDs.insert(decision.transfer)
            needsLease = true
        case .decideByPolicy(let id), .capture(let id, _, _), .void(let id), .refund(let id, _, _),
            .challenge(let id, _, _), .review(let id, _, _, _), .label(let id, _, _),
            .expire(let id):
            transferIDs.insert(id)
        case .activateEngine: break
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

    private mutating func readTransfers(
        into plan: inout CommitPlan, expected: Bool, on connection: inout Connection
    ) throws(PostgreSQLError) {
        if !expected { return }
        let rows = try connection.nextRows()
        for row in 0..<rows.count {
            guard let transfer = Transfer(rows, row) else {
                throw .unexpectedResult(
                    "a transfer has a kind or state that this build does not know")
            }
            plan.transfers[transfer.id] = transfer
        }
    }

    private func readAccounts(
        into plan: inout CommitPlan, expected: Bool, on connection: inout Connection
    ) throws(PostgreSQLError) {
        if !expected { return }
        let rows = try connection.nextRows()
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
            plan.accounts[account.id] = account
            if flags.contains(.hasCaps) { plan.cappedAccounts.insert(account.id) }
        }
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
        try readTransfers(into: &plan, expected: true, on: &connection)
        try connection.finish()
    }

    private mutating func readMissingAccounts(
        asked: Set<AccountID>, _ memory: VerifiedMemory, into plan: inout CommitPlan,
        on connection: inout Connection
    ) throws(PostgreSQLError) {
        var wanted = accountIDs.subtracting(asked).union(plan.houses.values)
        for transfer in plan.transfers.values {
            for movement in transfer.movements {
                wanted.insert(movement.from)
                wanted.insert(movement.to)
            }
        }
        wanted = wanted.filter { plan.accounts[$0] == nil }
        memory.recall(accounts: wanted, transfers: [], into: &plan)
        wanted = wanted.filter { plan.accounts[$0] == nil }
        if wanted.isEmpty { return }
        try send(wanted, on: &connection)
        try connection.sync()
        try readAccounts(into: &plan, expected: true, on: &connection)
        try connection.finish()
    }

    private mutating func readMore(
        into plan: inout CommitPlan, on connection: inout Connection
    ) throws(PostgreSQLError) {
        let cappedPayers = plan.cappedAccounts.union(limited).intersection(payers)
            .filter { plan.accounts[$0] != nil }.sorted()
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
        let candidates = payers.union(
            plan.transfers.values.filter { $0.state == .reserved }.map(\.payer)
        )
        .sorted()
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
