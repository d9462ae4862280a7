internal import EventLog
internal import PostgreSQL

/// Writes what a plan decided and commits it, in one round trip.
struct CommitWriter {
    private var parameters = Parameters()

    mutating func write(
        _ plan: CommitPlan, at locations: RowLocations, payload: [UInt8], hash: RunningHash,
        on connection: inout Connection
    ) throws(PostgreSQLError) {
        var statements = 0
        func sent() { statements += 1 }
        try writeAccounts(plan, at: locations, on: &connection, sent)
        try writeTransfers(plan, at: locations, on: &connection, sent)
        try writeWaiting(plan, on: &connection, sent)
        try writeBeside(plan, on: &connection, sent)

        parameters.removeAll()
        parameters.add(plan.batch.firstSequence.rawValue)
        parameters.add(plan.batch.lastSequence.rawValue)
        parameters.add(plan.now.rawValue)
        parameters.add(payload)
        parameters.add(hash.digest.bytes)
        try connection.send(LedgerStatements.insertBatch, parameters)
        sent()
        parameters.removeAll()
        parameters.add(plan.head.sequence.rawValue)
        parameters.add(plan.now.rawValue)
        parameters.add(hash.digest.bytes)
        parameters.add(plan.head.nextAccount)
        parameters.add(Int64(plan.head.epoch))
        parameters.add(plan.head.undecided)
        try connection.send(LedgerStatements.updateHead, parameters)
        sent()
        try connection.send(LedgerStatements.commit)
        sent()
        try connection.sync()
        for _ in 0..<statements { _ = try connection.nextRows() }
        try connection.finish()
    }

    // MARK: - Accounts and their history

    private mutating func writeAccounts(
        _ plan: CommitPlan, at locations: RowLocations, on connection: inout Connection,
        _ sent: () -> Void
    ) throws(PostgreSQLError) {
        if !plan.openedAccounts.isEmpty {
            try insertAccounts(plan, on: &connection)
            sent()
            sent()
        }
        let opened = Set(plan.openedAccounts.map(\.account))
        var changed: [(account: Account, location: RowLocation)] = []
        for id in plan.changedAccounts where !opened.contains(id) {
            guard let account = plan.accounts[id], let location = locations.balances[id] else {
                continue
            }
            changed.append((account, location))
        }
        if !changed.isEmpty {
            changed.sort {
                ($0.location.block, $0.location.item) < ($1.location.block, $1.location.item)
            }
            parameters.removeAll()
            parameters.addLocationArray(changed, \.location)
            parameters.addArray(changed, \.account.posted)
            parameters.addArray(changed, \.account.reserved)
            parameters.addArray(changed, \.account.debitCount)
            parameters.addArray(changed, \.account.debitSum)
            try connection.send(LedgerStatements.updateBalances, parameters)
            sent()
        }
        let flagged = plan.batch.accounts.compactMap { item in
            plan.accounts[plan.batch.event(at: item.index).payer]
        }.filter { !opened.contains($0.id) }
        if !flagged.isEmpty {
            let unique = Dictionary(flagged.map { ($0.id, $0) }) { first, _ in first }.values
                .sorted { $0.id < $1.id }
            try updateFlags(unique, plan, on: &connection, sent)
        }
        if !plan.entries.isEmpty {
            try insertEntries(plan, on: &connection)
            sent()
        }
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
        parameters.addOptionalArray(items, \.account.caps.hourCount)
        parameters.addOptionalArray(items, \.account.caps.hourSum)
        parameters.addOptionalArray(items, \.account.caps.dayCount)
        parameters.addOptionalArray(items, \.account.caps.daySum)
        parameters.add(plan.now.rawValue)
        try connection.send(LedgerStatements.insertAccounts, parameters)
        parameters.removeAll()
        parameters.addArray(items, \.account.id.rawValue)
        parameters.addInt16Array(items) { Int16($0.account.kind.rawValue) }
        parameters.addInt16Array(items) { Int16($0.account.currency) }
        parameters.addArray(items, \.account.posted)
        parameters.addArray(items, \.account.reserved)
        parameters.addArray(items, \.account.overdraft)
        parameters.addArray(items, \.account.debitCount)
        parameters.addArray(items, \.account.debitSum)
        parameters.addBoolArray(items, \.account.debitsFrozen)
        parameters.addBoolArray(items, \.account.creditsFrozen)
        parameters.addBoolArray(items) { !$0.account.caps.isNone }
        try connection.send(LedgerStatements.insertBalances, parameters)
    }

    private mutating func updateFlags(
        _ accounts: [Account], _ plan: CommitPlan, on connection: inout Connection,
        _ sent: () -> Void
    ) throws(PostgreSQLError) {
        parameters.removeAll()
        parameters.addArray(accounts, \.id.rawValue)
        parameters.addArray(accounts, \.overdraft)
        parameters.addBoolArray(accounts, \.debitsFrozen)
        parameters.addBoolArray(accounts, \.creditsFrozen)
        parameters.addBoolArray(accounts) { !$0.caps.isNone }
        try connection.send(LedgerStatements.updateFlags, parameters)
        sent()
        let capped = accounts.filter { plan.changedCaps.contains($0.id) }
        if capped.isEmpty { return }
        parameters.removeAll()
        parameters.addArray(capped, \.id.rawValue)
        parameters.addOptionalArray(capped, \.caps.hourCount)
        parameters.addOptionalArray(capped, \.caps.hourSum)
        parameters.addOptionalArray(capped, \.caps.dayCount)
        parameters.addOptionalArray(capped, \.caps.daySum)
        try connection.send(LedgerStatements.updateCaps, parameters)
        sent()
    }

    private mutating func insertEntries(
        _ plan: CommitPlan, on connection: inout Connection
    ) throws(PostgreSQLError) {
        parameters.removeAll()
        parameters.addArray(plan.entries, \.account.rawValue)
        parameters.addArray(plan.entries, \.sequence.rawValue)
        parameters.addUUIDArray(plan.entries) { ($0.transfer.high, $0.transfer.low) }
        parameters.addInt16Array(plan.entries) { Int16($0.kind.rawValue) }
        parameters.addInt16Array(plan.entries) { Int16($0.cause.rawValue) }
        parameters.addArray(plan.entries, \.postedChange)
        parameters.addArray(plan.entries, \.reservedChange)
        parameters.addArray(plan.entries, \.posted)
        parameters.addArray(plan.entries, \.reserved)
        parameters.addArray(plan.entries, \.debitCount)
        parameters.addArray(plan.entries, \.debitSum)
        parameters.add(plan.now.rawValue)
        try connection.send(LedgerStatements.insertEntries, parameters)
    }

    // MARK: - Transfers

    private mutating func writeTransfers(
        _ plan: CommitPlan, at locations: RowLocations, on connection: inout Connection,
        _ sent: () -> Void
    ) throws(PostgreSQLError) {
        let opened = plan.openedTransfers.compactMap { plan.transfers[$0] }
            .sorted { $0.createdSequence < $1.createdSequence }
        if !opened.isEmpty {
            try insert(opened, on: &connection)
            sent()
        }
        var changed: [(transfer: Transfer, location: RowLocation)] = []
        for id in plan.changedTransfers {
            guard let transfer = plan.transfers[id], let location = locations.transfers[id] else {
                continue
            }
            changed.append((transfer, location))
        }
        if !changed.isEmpty {
            try update(changed, on: &connection)
            sent()
        }
    }

    private mutating func insert(
        _ transfers: [Transfer], on connection: inout Connection
    ) throws(PostgreSQLError) {
        parameters.removeAll()
        parameters.addUUIDArray(transfers) { ($0.id.high, $0.id.low) }
        parameters.addInt16Array(transfers) { Int16($0.kind.rawValue) }
        parameters.addInt16Array(transfers) { Int16($0.state.rawValue) }
        parameters.addInt16Array(transfers) { Int16($0.currency) }
        parameters.addArray(transfers, \.payer.rawValue)
        parameters.addArray(transfers, \.payee.rawValue)
        parameters.addArray(transfers, \.amount)
        parameters.addArray(transfers, \.captured)
        parameters.addArray(transfers, \.refunded)
        parameters.addUUIDArray(transfers) { $0.related.halves }
        parameters.addArray(transfers, \.createdAt.rawValue)
        parameters.addArray(transfers, \.createdSequence.rawValue)
        parameters.addArray(transfers, \.decideBy.rawValue)
        parameters.addArray(transfers, \.expiresAt.rawValue)
        parameters.addBoolArray(transfers, \.heldByPolicy)
        parameters.addInt16Array(transfers) { Int16($0.firstState.rawValue) }
        parameters.addInt16Array(transfers) { Int16($0.firstAction?.rawValue ?? 0) }
        parameters.addArray(transfers, \.firstSequence.rawValue)
        parameters.addInt16Array(transfers) { Int16($0.action?.rawValue ?? 0) }
        parameters.addArray(transfers) { Int64(bitPattern: $0.scoreBits) }
        parameters.addArray(transfers, \.decisionSequence.rawValue)
        parameters.addArray(transfers, \.lastSequence.rawValue)
        parameters.addBytesArray(transfers) { MovementCoding.encode($0.extraLegs) }
        try connection.send(LedgerStatements.insertTransfers, parameters)
    }

    private mutating func update(
        _ rows: [(transfer: Transfer, location: RowLocation)], on connection: inout Connection
    ) throws(PostgreSQLError) {
        parameters.removeAll()
        parameters.addLocationArray(rows, \.location)
        parameters.addInt16Array(rows) { Int16($0.transfer.state.rawValue) }
        parameters.addArray(rows, \.transfer.captured)
        parameters.addArray(rows, \.transfer.refunded)
        parameters.addArray(rows, \.transfer.expiresAt.rawValue)
        parameters.addBoolArray(rows, \.transfer.heldByPolicy)
        parameters.addInt16Array(rows) { Int16($0.transfer.firstState.rawValue) }
        parameters.addInt16Array(rows) { Int16($0.transfer.firstAction?.rawValue ?? 0) }
        parameters.addArray(rows, \.transfer.firstSequence.rawValue)
        parameters.addInt16Array(rows) { Int16($0.transfer.action?.rawValue ?? 0) }
        parameters.addArray(rows) { Int64(bitPattern: $0.transfer.scoreBits) }
        parameters.addArray(rows, \.transfer.decisionSequence.rawValue)
        parameters.addArray(rows, \.transfer.lastSequence.rawValue)
        try connection.send(LedgerStatements.updateTransfers, parameters)
    }

    private mutating func writeWaiting(
        _ plan: CommitPlan, on connection: inout Connection, _ sent: () -> Void
    ) throws(PostgreSQLError) {
        let opened = plan.openedTransfers.compactMap { plan.transfers[$0] }.filter {
            !$0.state.isFinal
        }
        if !opened.isEmpty {
            try send(opened, LedgerStatements.insertWaiting, on: &connection)
            sent()
        }
        let changed = plan.changedTransfers.compactMap { plan.transfers[$0] }
        let waiting = changed.filter { !$0.state.isFinal }
        if !waiting.isEmpty {
            try send(waiting, LedgerStatements.updateWaiting, on: &connection)
            sent()
        }
        let done = changed.filter(\.state.isFinal)
        if !done.isEmpty {
            parameters.removeAll()
            parameters.addUUIDArray(done) { ($0.id.high, $0.id.low) }
            try connection.send(LedgerStatements.deleteWaiting, parameters)
            sent()
        }
    }

    private mutating func send(
        _ transfers: [Transfer], _ statement: Statement, on connection: inout Connection
    ) throws(PostgreSQLError) {
        parameters.removeAll()
        parameters.addUUIDArray(transfers) { ($0.id.high, $0.id.low) }
        parameters.addInt16Array(transfers) { Int16($0.state.rawValue) }
        parameters.addArray(transfers, \.expiresAt.rawValue)
        parameters.addArray(transfers, \.lastSequence.rawValue)
        try connection.send(statement, parameters)
    }

    // MARK: - Beside the transfers

    private mutating func writeBeside(
        _ plan: CommitPlan, on connection: inout Connection, _ sent: () -> Void
    ) throws(PostgreSQLError) {
        if !plan.newKeys.isEmpty {
            let keys = plan.newKeys.compactMap { key in
                plan.keys[key].map { (key: key, stored: $0) }
            }
            parameters.removeAll()
            parameters.addUUIDArray(keys) { ($0.key.high, $0.key.low) }
            parameters.addUUIDArray(keys) { ($0.stored.request.high, $0.stored.request.low) }
            parameters.addUUIDArray(keys) { $0.stored.subject?.halves }
            parameters.addArray(keys, \.stored.sequence.rawValue)
            parameters.addBytesArray(keys, \.stored.answer)
            try connection.send(LedgerStatements.insertKeys, parameters)
            sent()
        }
        if !plan.contexts.isEmpty {
            try insertContexts(plan, on: &connection)
            sent()
        }
        if !plan.alerts.isEmpty {
            parameters.removeAll()
            parameters.addArray(plan.alerts, \.rawValue)
            try connection.send(LedgerStatements.insertAlerts, parameters)
            sent()
        }
        if !plan.notes.isEmpty {
            parameters.removeAll()
            parameters.addArray(plan.notes, \.sequence.rawValue)
            parameters.addTextArray(plan.notes, \.text)
            try connection.send(LedgerStatements.insertNotes, parameters)
            sent()
        }
    }

    private mutating func insertContexts(
        _ plan: CommitPlan, on connection: inout Connection
    ) throws(PostgreSQLError) {
        let first = plan.batch.firstSequence
        parameters.removeAll()
        parameters.addArray(plan.contexts) { first.advanced(by: $0.index).rawValue }
        parameters.addArray(plan.contexts) { Int64(bitPattern: $0.value.device.rawValue) }
        parameters.addArray(plan.contexts) { Int64(bitPattern: $0.value.instrument.rawValue) }
        parameters.addArray(plan.contexts) { Int64(bitPattern: $0.value.address.rawValue) }
        parameters.addOptionalArray(plan.contexts) {
            $0.value.hasPlace ? Int64($0.value.latitude) : nil
        }
        parameters.addOptionalArray(plan.contexts) {
            $0.value.hasPlace ? Int64($0.value.longitude) : nil
        }
        parameters.addArray(plan.contexts) { Int64($0.value.merchantCategory) }
        parameters.addArray(plan.contexts, \.value.initiatedAt.rawValue)
        try connection.send(LedgerStatements.insertContexts, parameters)
    }
}
