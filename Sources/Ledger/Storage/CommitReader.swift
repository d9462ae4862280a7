internal import EventLog
internal import PostgreSQL

/// Where the rows of a batch were found.
struct RowLocations: Sendable {
    var balances: [AccountID: RowLocation] = [:]
    var transfers: [TransferID: RowLocation] = [:]
}

/// Reads, under the ledger's lock, what the commands of a batch will need.
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
    private var locations = RowLocations()
    private var parameters = Parameters()

    /// What was read.
    struct Reading {
        var plan: CommitPlan
        /// The running hash at the head.
        var previousHash: [UInt8]
        var locations: RowLocations
    }

    /// Starts the transaction, takes the lock and reads. Keys that are not `readingKeys` are taken to be new: the
    /// unique index finds out if one is not.
    mutating func read(
        _ commands: [(command: Command, key: IdempotencyKey?)], policy: LedgerPolicy,
        readingKeys: (TransferID) -> Bool, on connection: inout Connection
    ) throws(PostgreSQLError) -> Reading {
        collect(commands, readingKeys)
        try connection.send(LedgerStatements.begin)
        try connection.send(LedgerStatements.head)
        try connection.send(LedgerStatements.clock)
        try sendKeys(on: &connection)
        try sendTransfers(on: &connection)
        try sendBalances(accountIDs, on: &connection)
        if needsLease { try connection.send(LedgerStatements.leaseToken) }
        if !houseKinds.isEmpty {
            parameters.removeAll()
            parameters.addInt16Array(houseKinds) { $0 }
            try connection.send(LedgerStatements.houses, parameters)
        }
        try connection.sync()

        _ = try connection.nextRows()
        let head = try connection.nextRows()
        let clock = try connection.nextRows()
        guard head.count == 1 else { throw .unexpectedResult("ledger_head has \(head.count) rows") }
        var plan = CommitPlan(
            policy: policy, now: Timestamp(max(clock.int(0, 0), head.int(0, 1))),
            head: CommitPlan.Head(
                sequence: Sequence(head.int(0, 0)), nextAccount: head.int(0, 3),
                epoch: UInt32(head.int(0, 4)), undecided: head.int(0, 5)))
        let previousHash = head.bytes(0, 2)
        let subjects = try readKeys(into: &plan, on: &connection)
        try readTransfers(into: &plan, expected: !transferIDs.isEmpty, on: &connection)
        var capped = try readBalances(
            into: &plan, expected: !accountIDs.isEmpty, on: &connection)
        if needsLease {
            let lease = try connection.nextRows()
            plan.leaseToken = lease.isEmpty ? 0 : lease.int(0, 0)
        }
        if !houseKinds.isEmpty { try readHouses(into: &plan, on: &connection) }
        try connection.finish()

        try readMore(subjects: subjects, capped: &capped, into: &plan, on: &connection)
        return Reading(plan: plan, previousHash: previousHash, locations: locations)
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
        needsLease = false
        locations = RowLocations()
    }

    // MARK: - What is needed

    private mutating func collect(
        _ commands: [(command: Command, key: IdempotencyKey?)], _ readingKeys: (TransferID) -> Bool
    ) {
        forget()
        for (command, key) in commands {
            if let key, readingKeys(key.key) { keyIDs.insert(key.key) }
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
            case .decideByPolicy(let id), .capture(let id, _, _), .void(let id),
                .refund(let id, _, _),
                .challenge(let id, _), .review(let id, _, _), .label(let id, _), .expire(let id):
                transferIDs.insert(id)
            case .activateEngine: break
            }
        }
    }

    // MARK: - Keys that were taken to be new

    /// Which of some keys are stored after all. To be asked in the transaction of ``read(_:policy:readingKeys:on:)``.
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

    private mutating func sendTransfers(on connection: inout Connection) throws(PostgreSQLError) {
        if transferIDs.isEmpty { return }
        parameters.removeAll()
        parameters.addUUIDArray(transferIDs) { ($0.high, $0.low) }
        try connection.send(LedgerStatements.transfers, parameters)
    }

    private mutating func sendBalances(
        _ ids: some Collection<AccountID>, on connection: inout Connection
    ) throws(PostgreSQLError) {
        if ids.isEmpty { return }
        parameters.removeAll()
        parameters.addArray(ids, \.rawValue)
        try connection.send(LedgerStatements.balances, parameters)
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
            locations.transfers[transfer.id] = rows.location(row, 23)
        }
    }

    /// Returns the accounts that have caps.
    private mutating func readBalances(
        into plan: inout CommitPlan, expected: Bool, on connection: inout Connection
    ) throws(PostgreSQLError) -> Set<AccountID> {
        var capped: Set<AccountID> = []
        if !expected { return capped }
        let rows = try connection.nextRows()
        for row in 0..<rows.count {
            guard let kind = AccountKind(rawValue: UInt8(rows.int(row, 1))) else {
                throw .unexpectedResult(
                    "account \(rows.int(row, 0)) is of unknown kind \(rows.int(row, 1))")
            }
            let account = Account(
                id: AccountID(rows.int(row, 0)), kind: kind, currency: UInt16(rows.int(row, 2)),
                posted: rows.int(row, 3), reserved: rows.int(row, 4), overdraft: rows.int(row, 5),
                debitsFrozen: rows.bool(row, 6), creditsFrozen: rows.bool(row, 7),
                debitCount: rows.int(row, 9), debitSum: rows.int(row, 10))
            plan.accounts[account.id] = account
            locations.balances[account.id] = rows.location(row, 11)
            if rows.bool(row, 8) { capped.insert(account.id) }
        }
        return capped
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

    // MARK: - Second round trip, when the first showed that more is needed

    private mutating func readMore(
        subjects: Set<TransferID>, capped: inout Set<AccountID>, into plan: inout CommitPlan,
        on connection: inout Connection
    ) throws(PostgreSQLError) {
        let missingSubjects = subjects.filter { plan.transfers[$0] == nil }
        var missingAccounts = Set(plan.houses.values)
        for transfer in plan.transfers.values {
            for movement in transfer.movements {
                missingAccounts.insert(movement.from)
                missingAccounts.insert(movement.to)
            }
        }
        missingAccounts = missingAccounts.filter { plan.accounts[$0] == nil }
        if !missingSubjects.isEmpty || !missingAccounts.isEmpty {
            if !missingSubjects.isEmpty {
                parameters.removeAll()
                parameters.addUUIDArray(missingSubjects) { ($0.high, $0.low) }
                try connection.send(LedgerStatements.transfers, parameters)
            }
            try sendBalances(missingAccounts, on: &connection)
            try connection.sync()
            try readTransfers(into: &plan, expected: !missingSubjects.isEmpty, on: &connection)
            _ = try readBalances(into: &plan, expected: !missingAccounts.isEmpty, on: &connection)
            try connection.finish()
        }
        let cappedPayers = capped.union(limited).intersection(payers)
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
