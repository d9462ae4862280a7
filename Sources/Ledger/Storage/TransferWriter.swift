internal import EventLog
internal import PostgreSQL

/// Writes the transfers of a plan. Those that took the usual path are written with the few columns that tell them
/// apart; all others with every column.
struct TransferWriter {
    private var parameters = Parameters()
    private var sent = 0

    /// Returns how many statements were sent.
    mutating func write(
        _ plan: CommitPlan, on connection: inout Connection
    ) throws(PostgreSQLError) -> Int {
        sent = 0
        try insert(plan, on: &connection)
        try update(plan, on: &connection)
        try writeWaiting(plan, on: &connection)
        return sent
    }

    private mutating func send(
        _ statement: Statement, on connection: inout Connection
    ) throws(PostgreSQLError) {
        try connection.send(statement, parameters)
        sent += 1
    }

    // MARK: - New transfers

    private mutating func insert(
        _ plan: CommitPlan, on connection: inout Connection
    ) throws(PostgreSQLError) {
        if plan.openedTransfers.isEmpty { return }
        var posted: [Transfer] = []
        var reserved: [Transfer] = []
        var charged: [Transfer] = []
        var others: [Transfer] = []
        for id in plan.openedTransfers {
            guard let transfer = plan.transfers[id] else { continue }
            if transfer.isPlainlyPosted {
                posted.append(transfer)
            } else if transfer.isPlainlyReserved {
                if transfer.isUncharged {
                    reserved.append(transfer)
                } else {
                    charged.append(transfer)
                }
            } else {
                others.append(transfer)
            }
        }
        if !posted.isEmpty {
            addPlain(posted)
            parameters.add(plan.now.rawValue)
            try send(LedgerStatements.insertPosted, on: &connection)
        }
        if !reserved.isEmpty {
            addReserved(reserved)
            parameters.add(plan.now.rawValue)
            try send(LedgerStatements.insertReserved, on: &connection)
        }
        if !charged.isEmpty {
            addReserved(charged)
            addCharges(charged, plan)
            parameters.add(plan.now.rawValue)
            try send(LedgerStatements.insertCharged, on: &connection)
        }
        if !others.isEmpty { try insertAny(others, plan, on: &connection) }
    }

    private mutating func addPlain(_ transfers: [Transfer]) {
        parameters.removeAll()
        parameters.addUUIDArray(transfers) { ($0.id.high, $0.id.low) }
        parameters.addInt16Array(transfers) { Int16($0.kind.rawValue) }
        parameters.addInt16Array(transfers) { Int16($0.currency) }
        parameters.addArray(transfers, \.payer.rawValue)
        parameters.addArray(transfers, \.payee.rawValue)
        parameters.addArray(transfers, \.amount)
        parameters.addArray(transfers, \.createdSequence.rawValue)
    }

    private mutating func addReserved(_ transfers: [Transfer]) {
        addPlain(transfers)
        parameters.addArray(transfers, \.decideBy.rawValue)
        parameters.addArray(transfers, \.expiresAt.rawValue)
    }

    /// Further legs, what counts towards limits, and what spenders have spent with those that carry it.
    private mutating func addCharges(_ transfers: [Transfer], _ plan: CommitPlan) {
        parameters.addBytesArray(transfers) { MovementCoding.encode($0.extraLegs) }
        parameters.addBytesArray(transfers) { SpendingCoding.encode($0.spending) }
        let carried = transfers.map { transfer -> (spender: TransferID, tally: SpendingTally)? in
            guard let spender = transfer.spending?.spender,
                plan.changedTallies[spender] == transfer.id, let tally = plan.tallies[spender]
            else { return nil }
            return (spender, tally)
        }
        parameters.addUUIDArray(carried) { $0.map { ($0.spender.high, $0.spender.low) } }
        parameters.addBytesArray(carried) { $0.map { TallyCoding.encode($0.tally) } }
    }

    private mutating func insertAny(
        _ transfers: [Transfer], _ plan: CommitPlan, on connection: inout Connection
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
        addCharges(transfers, plan)
        try send(LedgerStatements.insertTransfers, on: &connection)
    }

    // MARK: - Transfers that went on

    private mutating func update(
        _ plan: CommitPlan, on connection: inout Connection
    ) throws(PostgreSQLError) {
        if plan.changedTransfers.isEmpty { return }
        var settled: [Transfer] = []
        var others: [Transfer] = []
        for id in plan.changedTransfers {
            guard let transfer = plan.transfers[id] else { continue }
            if transfer.isPlainlySettled {
                settled.append(transfer)
            } else {
                others.append(transfer)
            }
        }
        if !settled.isEmpty {
            parameters.removeAll()
            parameters.addUUIDArray(settled) { ($0.id.high, $0.id.low) }
            parameters.addInt16Array(settled) { Int16($0.state.rawValue) }
            parameters.addArray(settled, \.captured)
            parameters.addArray(settled, \.expiresAt.rawValue)
            parameters.addBoolArray(settled, \.heldByPolicy)
            parameters.addInt16Array(settled) { Int16($0.action?.rawValue ?? 0) }
            parameters.addArray(settled) { Int64(bitPattern: $0.scoreBits) }
            parameters.addArray(settled, \.lastSequence.rawValue)
            try send(LedgerStatements.settleTransfers, on: &connection)
        }
        if !others.isEmpty { try updateAny(others, on: &connection) }
    }

    private mutating func updateAny(
        _ transfers: [Transfer], on connection: inout Connection
    ) throws(PostgreSQLError) {
        parameters.removeAll()
        parameters.addUUIDArray(transfers) { ($0.id.high, $0.id.low) }
        parameters.addInt16Array(transfers) { Int16($0.state.rawValue) }
        parameters.addArray(transfers, \.captured)
        parameters.addArray(transfers, \.refunded)
        parameters.addArray(transfers, \.expiresAt.rawValue)
        parameters.addBoolArray(transfers, \.heldByPolicy)
        parameters.addInt16Array(transfers) { Int16($0.firstState.rawValue) }
        parameters.addInt16Array(transfers) { Int16($0.firstAction?.rawValue ?? 0) }
        parameters.addArray(transfers, \.firstSequence.rawValue)
        parameters.addInt16Array(transfers) { Int16($0.action?.rawValue ?? 0) }
        parameters.addArray(transfers) { Int64(bitPattern: $0.scoreBits) }
        parameters.addArray(transfers, \.decisionSequence.rawValue)
        parameters.addArray(transfers, \.lastSequence.rawValue)
        try send(LedgerStatements.updateTransfers, on: &connection)
    }

    // MARK: - What waits for people

    /// Reserved transfers are not written down here: they are nearly all decided in the blink of an eye, and
    /// ``UndecidedTransfers`` knows them from the log.
    private mutating func writeWaiting(
        _ plan: CommitPlan, on connection: inout Connection
    ) throws(PostgreSQLError) {
        var waiting: [Transfer] = []
        var done: [Transfer] = []
        for id in plan.openedTransfers {
            if let transfer = plan.transfers[id], transfer.state.waits { waiting.append(transfer) }
        }
        for id in plan.changedTransfers {
            guard let transfer = plan.transfers[id] else { continue }
            if transfer.state.waits {
                waiting.append(transfer)
            } else if !transfer.isPlainlySettled {
                done.append(transfer)
            }
        }
        if !waiting.isEmpty {
            parameters.removeAll()
            parameters.addUUIDArray(waiting) { ($0.id.high, $0.id.low) }
            parameters.addInt16Array(waiting) { Int16($0.state.rawValue) }
            parameters.addArray(waiting, \.expiresAt.rawValue)
            parameters.addArray(waiting, \.waitsSince.rawValue)
            try send(LedgerStatements.putWaiting, on: &connection)
        }
        if !done.isEmpty {
            parameters.removeAll()
            parameters.addUUIDArray(done) { ($0.id.high, $0.id.low) }
            try send(LedgerStatements.deleteWaiting, on: &connection)
        }
    }
}

extension Transfer {
    private var isPlain: Bool { refunded == 0 && related == .none }
    /// Without further legs, and nothing counts towards limits.
    fileprivate var isUncharged: Bool { extraLegs.isEmpty && spending == nil }

    /// Posted in one step with the event that opened it, and nothing since.
    fileprivate var isPlainlyPosted: Bool {
        isPlain && isUncharged && state == .posted && captured == amount && action == nil
            && decideBy == .none
            && expiresAt == .none && !heldByPolicy && firstState == .posted && firstAction == nil
            && firstSequence == createdSequence && lastSequence == createdSequence
    }

    /// Reserved, and nothing since.
    fileprivate var isPlainlyReserved: Bool {
        isPlain && state == .reserved && captured == 0 && action == nil && !heldByPolicy
            && firstState == .none && lastSequence == createdSequence
    }

    /// Its newest event is the one that recorded its first and only decision.
    fileprivate var isPlainlySettled: Bool {
        refunded == 0 && firstState == state && firstAction == action && firstState != .none
            && firstSequence == lastSequence && decisionSequence == lastSequence
    }
}
