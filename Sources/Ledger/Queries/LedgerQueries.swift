public import EventLog
public import PostgreSQL
public import Vault

/// What can be asked of the ledger. Reads only, outside the commit path, each on a snapshot of its own.
public struct LedgerQueries: Sendable {
    let pool: ConnectionPool
    let contexts: SharedOpener

    /// Queries on a pool's connections, which stays the caller's to stop.
    ///
    /// - Parameter contextKeys: the master keys that wrap those under which risk contexts are sealed.
    public init(_ pool: ConnectionPool, contextKeys: Keyring) {
        self.pool = pool
        contexts = SharedOpener(contextKeys)
    }

    /// Runs a transaction beside the ledger, of tables that are not its own.
    public func transaction<Value: Sendable>(
        _ body: @escaping @Sendable (inout Connection) throws(PostgreSQLError) -> Value
    ) async throws(PostgreSQLError) -> Value {
        try await pool.run { connection throws(PostgreSQLError) in
            try connection.transaction(body)
        }
    }

    // MARK: - Accounts

    static let accountColumns = """
        a.id, a.kind, a.currency, e.posted, e.reserved, e.overdraft, e.flags & 1 <> 0, e.flags & 2 <> 0,
        a.cap_hour_count, a.cap_hour_sum, a.cap_day_count, a.cap_day_sum, a.owner_token,
        e.debit_count, e.debit_sum, a.public_id, a.owner, a.opened_at
        """
    /// Accounts with their newest entry. Not joined to the view of balances: of that, a plan made while there were few
    /// accounts works out all to pick one.
    static let accountsWithState = """
        account a CROSS JOIN LATERAL (
            SELECT * FROM entry WHERE account_id = a.id ORDER BY sequence DESC LIMIT 1) e
        """
    private static let accountByPublicID = Statement(
        "account_by_public_id",
        """
        SELECT \(accountColumns) FROM \(accountsWithState) WHERE a.public_id = $1::uuid
        """)
    private static let accountsByID = Statement(
        "accounts_by_id",
        """
        SELECT \(accountColumns) FROM \(accountsWithState) WHERE a.id = ANY($1::bigint[])
        """)

    /// The account with a public identifier; nil if there is none.
    public func account(_ id: PublicAccountID) async throws(PostgreSQLError) -> AccountView? {
        try await pool.run { connection throws(PostgreSQLError) in
            var parameters = Parameters()
            parameters.add(uuidHigh: id.uuid.high, low: id.uuid.low)
            let rows = try connection.query(Self.accountByPublicID, parameters)
            return rows.isEmpty ? nil : try AccountView(rows, 0)
        }
    }

    /// The accounts with internal numbers, in any order; unknown ones are left out.
    public func accounts(_ ids: [AccountID]) async throws(PostgreSQLError) -> [AccountView] {
        try await pool.run { connection throws(PostgreSQLError) in
            var parameters = Parameters()
            parameters.addArray(ids, \.rawValue)
            let rows = try connection.query(Self.accountsByID, parameters)
            var views: [AccountView] = []
            for row in 0..<rows.count { views.append(try AccountView(rows, row)) }
            return views
        }
    }

    private static let history = Statement(
        "history",
        """
        SELECT e.sequence, e.transfer_id, t.kind, e.recorded_at, e.kind, e.cause,
            e.posted - coalesce(before.posted, 0), e.reserved - coalesce(before.reserved, 0),
            e.posted, e.reserved, CASE WHEN t.payer = e.account_id THEN t.payee ELSE t.payer END
        FROM entry e JOIN transfer t ON t.id = e.transfer_id
        LEFT JOIN LATERAL (
            SELECT posted, reserved FROM entry
            WHERE account_id = e.account_id AND sequence < e.sequence
            ORDER BY sequence DESC LIMIT 1) before ON true
        WHERE e.account_id = $1::bigint AND e.sequence < $2::bigint
        ORDER BY e.sequence DESC LIMIT $3::bigint
        """)

    /// An account's history, newest first, before an event. `limit` is at most 1,000.
    public func history(
        of account: AccountID, before: Sequence? = nil, limit: Int
    ) async throws(PostgreSQLError) -> [EntryView] {
        try await pool.run { connection throws(PostgreSQLError) in
            var parameters = Parameters()
            parameters.add(account.rawValue)
            parameters.add(before?.rawValue ?? Int64.max)
            parameters.add(Int64(min(max(limit, 1), 1_000)))
            let rows = try connection.query(Self.history, parameters)
            return (0..<rows.count).map { row in
                let transfer = rows.uuid(row, 1)
                return EntryView(
                    sequence: Sequence(rows.int(row, 0)),
                    transfer: TransferID(high: transfer.high, low: transfer.low),
                    transferKind: TransferKind(rawValue: UInt8(rows.int(row, 2))) ?? .none,
                    recordedAt: Timestamp(rows.int(row, 3)),
                    kind: EventKind(rawValue: UInt8(rows.int(row, 4))) ?? .decided,
                    cause: EventCause(rawValue: UInt8(rows.int(row, 5))) ?? .request,
                    postedChange: rows.int(row, 6), reservedChange: rows.int(row, 7),
                    posted: rows.int(row, 8), reserved: rows.int(row, 9),
                    counterparty: AccountID(rows.int(row, 10)))
            }
        }
    }

    private static let balanceAt = Statement(
        "balance_at",
        """
        SELECT sequence, posted, reserved FROM entry
        WHERE account_id = $1::bigint AND sequence <= $2::bigint ORDER BY sequence DESC LIMIT 1
        """)

    /// An account's balance right after an event.
    public func balance(
        of account: AccountID, at sequence: Sequence
    ) async throws(PostgreSQLError) -> BalanceView {
        try await pool.run { connection throws(PostgreSQLError) in
            var parameters = Parameters()
            parameters.add(account.rawValue)
            parameters.add(sequence.rawValue)
            let rows = try connection.query(Self.balanceAt, parameters)
            guard !rows.isEmpty else { return BalanceView(sequence: .zero, posted: 0, reserved: 0) }
            return BalanceView(
                sequence: Sequence(rows.int(0, 0)), posted: rows.int(0, 1), reserved: rows.int(0, 2)
            )
        }
    }

    /// The last event recorded at or before a moment.
    public func sequence(at moment: Timestamp) async throws(PostgreSQLError) -> Sequence {
        try await pool.run { connection throws(PostgreSQLError) in
            var parameters = Parameters()
            parameters.add(moment.rawValue)
            let rows = try connection.query(LedgerStatements.sequenceAt, parameters)
            return rows.isEmpty ? .zero : Sequence(rows.int(0, 0))
        }
    }

    // MARK: - Transfers

    /// A transfer; nil if there is none of that identifier.
    public func transfer(_ id: TransferID) async throws(PostgreSQLError) -> Transfer? {
        try await transfers([id]).first
    }

    /// The transfers with these identifiers, in any order; unknown ones are left out.
    public func transfers(_ ids: [TransferID]) async throws(PostgreSQLError) -> [Transfer] {
        try await pool.run { connection throws(PostgreSQLError) in
            var parameters = Parameters()
            parameters.addUUIDArray(ids) { ($0.high, $0.low) }
            let rows = try connection.query(LedgerStatements.transfers, parameters)
            return (0..<rows.count).compactMap { Transfer(rows, $0) }
        }
    }

    private static let reviews = Statement(
        "reviews",
        """
        SELECT transfer_id, state, since_sequence FROM waiting
        WHERE state IN (3, 4) AND since_sequence > $1::bigint ORDER BY since_sequence LIMIT $2::bigint
        """)

    /// Transfers that wait for a review or a challenge, the oldest first, after an event.
    public func reviews(
        after: Sequence, limit: Int
    ) async throws(PostgreSQLError) -> [WaitingView] {
        try await pool.run { connection throws(PostgreSQLError) in
            var parameters = Parameters()
            parameters.add(after.rawValue)
            parameters.add(Int64(min(max(limit, 1), 1_000)))
            return Self.waiting(try connection.query(Self.reviews, parameters))
        }
    }

    private static let due = Statement(
        "due",
        """
        SELECT transfer_id, state, since_sequence FROM waiting
        WHERE due_at <= (extract(epoch FROM clock_timestamp()) * 1000000)::bigint
        ORDER BY due_at LIMIT $1::bigint
        """)

    /// Transfers for which, by the ledger's clock, something must happen by itself.
    public func due(limit: Int) async throws(PostgreSQLError) -> [WaitingView] {
        try await pool.run { connection throws(PostgreSQLError) in
            var parameters = Parameters()
            parameters.add(Int64(limit))
            return Self.waiting(try connection.query(Self.due, parameters))
        }
    }

    private static func waiting(_ rows: borrowing Rows) -> [WaitingView] {
        var views: [WaitingView] = []
        for row in 0..<rows.count {
            let id = rows.uuid(row, 0)
            views.append(
                WaitingView(
                    transfer: TransferID(high: id.high, low: id.low),
                    state: TransferState(rawValue: UInt8(rows.int(row, 1))) ?? .none,
                    since: Sequence(rows.int(row, 2))))
        }
        return views
    }
}

extension AccountView {
    init(_ rows: borrowing Rows, _ row: Int) throws(PostgreSQLError) {
        guard let kind = AccountKind(rawValue: UInt8(rows.int(row, 1))) else {
            throw .unexpectedResult(
                "account \(rows.int(row, 0)) is of unknown kind \(rows.int(row, 1))")
        }
        let id = rows.uuid(row, 15)
        self.init(
            account: Account(
                id: AccountID(rows.int(row, 0)), kind: kind, currency: UInt16(rows.int(row, 2)),
                posted: rows.int(row, 3), reserved: rows.int(row, 4), overdraft: rows.int(row, 5),
                debitsFrozen: rows.bool(row, 6), creditsFrozen: rows.bool(row, 7),
                caps: Caps(
                    hourCount: rows.optionalInt(row, 8), hourSum: rows.optionalInt(row, 9),
                    dayCount: rows.optionalInt(row, 10), daySum: rows.optionalInt(row, 11)),
                owner: Token(UInt64(bitPattern: rows.int(row, 12))), debitCount: rows.int(row, 13),
                debitSum: rows.int(row, 14)),
            publicID: PublicAccountID(uuid: TransferID(high: id.high, low: id.low)),
            owner: rows.text(row, 16), openedAt: Timestamp(rows.int(row, 17)))
    }
}
