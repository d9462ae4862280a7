public import EventLog
public import PostgreSQL

extension LedgerAudit {
    private static let accounts = Statement(
        "audit_accounts",
        """
        SELECT b.account_id, b.kind, b.currency, b.posted, b.reserved, b.overdraft, b.debits_frozen,
            b.credits_frozen, b.debit_count, b.debit_sum, b.has_caps, a.owner_token, a.cap_hour_count,
            a.cap_hour_sum, a.cap_day_count, a.cap_day_sum
        FROM balance b JOIN account a ON a.id = b.account_id AND a.kind = b.kind
            AND a.currency = b.currency
        WHERE b.account_id > $1::bigint ORDER BY b.account_id LIMIT $2::bigint
        """)

    /// Up to `limit` accounts after one, by number.
    public static func accounts(
        after: AccountID, limit: Int, _ connection: inout Connection
    ) throws(PostgreSQLError) -> [AccountRow] {
        var parameters = Parameters()
        parameters.add(after.rawValue)
        parameters.add(Int64(limit))
        let rows = try connection.query(accounts, parameters)
        var found: [AccountRow] = []
        for row in 0..<rows.count {
            guard let kind = UInt8(exactly: rows.int(row, 1)).flatMap(AccountKind.init(rawValue:))
            else { throw .unexpectedResult("account \(rows.int(row, 0)) is of no known kind") }
            let account = Account(
                id: AccountID(rows.int(row, 0)), kind: kind,
                currency: UInt16(truncatingIfNeeded: rows.int(row, 2)), posted: rows.int(row, 3),
                reserved: rows.int(row, 4), overdraft: rows.int(row, 5),
                debitsFrozen: rows.bool(row, 6), creditsFrozen: rows.bool(row, 7),
                caps: Caps(
                    hourCount: rows.optionalInt(row, 12), hourSum: rows.optionalInt(row, 13),
                    dayCount: rows.optionalInt(row, 14), daySum: rows.optionalInt(row, 15)),
                owner: Token(UInt64(bitPattern: rows.int(row, 11))), debitCount: rows.int(row, 8),
                debitSum: rows.int(row, 9))
            found.append(AccountRow(account: account, hasCaps: rows.bool(row, 10)))
        }
        return found
    }

    private static let entryTotals = Statement(
        "audit_entries",
        """
        SELECT t.account_id, t.count, t.posted, t.reserved, t.debit_sum, e.posted, e.reserved,
            e.debit_count, e.debit_sum, e.sequence
        FROM (SELECT account_id, count(*) AS count,
                sum(posted::numeric * (sequence % \(EntryDigest.modulus)))::text AS posted,
                sum(reserved::numeric * (sequence % \(EntryDigest.modulus)))::text AS reserved,
                sum(debit_sum::numeric * (sequence % \(EntryDigest.modulus)))::text AS debit_sum,
                max(sequence) AS last
            FROM entry WHERE account_id BETWEEN $1::bigint AND $2::bigint AND sequence <= $3::bigint
            GROUP BY account_id) t
        JOIN entry e ON e.account_id = t.account_id AND e.sequence = t.last
        ORDER BY t.account_id
        """)

    /// What the entries up to `cut` of the accounts in a range amount to; accounts without entries are left out.
    public static func entryTotals(
        of range: ClosedRange<AccountID>, upTo cut: Sequence, _ connection: inout Connection
    ) throws(PostgreSQLError) -> [EntryTotals] {
        var parameters = Parameters()
        parameters.add(range.lowerBound.rawValue)
        parameters.add(range.upperBound.rawValue)
        parameters.add(cut.rawValue)
        let rows = try connection.query(entryTotals, parameters)
        return (0..<rows.count).map { row in
            EntryTotals(
                account: AccountID(rows.int(row, 0)), count: rows.int(row, 1),
                digest: EntryDigest(
                    posted: Int128(rows.text(row, 2)) ?? .max,
                    reserved: Int128(rows.text(row, 3)) ?? .max,
                    debitSum: Int128(rows.text(row, 4)) ?? .max),
                posted: rows.int(row, 5), reserved: rows.int(row, 6), debitCount: rows.int(row, 7),
                debitSum: rows.int(row, 8), lastSequence: Sequence(rows.int(row, 9)))
        }
    }

    private static let transfers = Statement(
        "audit_transfers",
        """
        SELECT \(LedgerStatements.transferColumns), spent_by, spent FROM transfer
        WHERE id > $1::uuid ORDER BY id LIMIT $2::bigint
        """)

    /// Up to `limit` transfers after one, by identifier.
    public static func transfers(
        after: TransferID, limit: Int, _ connection: inout Connection
    ) throws(PostgreSQLError) -> [TransferRow] {
        let rows = try connection.query(transfers, page(after, limit))
        var found: [TransferRow] = []
        for row in 0..<rows.count {
            guard let transfer = Transfer(rows, row) else {
                let id = rows.uuid(row, 0)
                throw .unexpectedResult(
                    "transfer \(TransferID(high: id.high, low: id.low)) has a kind or state that "
                        + "this build does not know")
            }
            let spent = rows.optionalUUID(row, 24).map { spender in
                SpendingRow(
                    spender: TransferID(high: spender.high, low: spender.low),
                    sequence: transfer.createdSequence, writtenAt: transfer.createdAt,
                    tally: rows.isNull(row, 25) ? nil : TallyCoding.decode(rows.bytes(row, 25)))
            }
            found.append(TransferRow(transfer: transfer, spent: spent))
        }
        return found
    }

    private static let waiting = Statement(
        "audit_waiting",
        """
        SELECT transfer_id, state, due_at, since_sequence FROM waiting
        WHERE transfer_id > $1::uuid ORDER BY transfer_id LIMIT $2::bigint
        """)

    /// Up to `limit` transfers that wait after one, by identifier.
    public static func waiting(
        after: TransferID, limit: Int, _ connection: inout Connection
    ) throws(PostgreSQLError) -> [WaitingRow] {
        let rows = try connection.query(waiting, page(after, limit))
        return (0..<rows.count).map { row in
            let id = rows.uuid(row, 0)
            return WaitingRow(
                transfer: TransferID(high: id.high, low: id.low),
                state: UInt8(exactly: rows.int(row, 1)).flatMap(TransferState.init(rawValue:))
                    ?? .none,
                dueAt: Timestamp(rows.int(row, 2)), since: Sequence(rows.int(row, 3)))
        }
    }

    private static let keys = Statement(
        "audit_keys",
        """
        SELECT key, sequence, subject, answer FROM idempotency
        WHERE key > $1::uuid ORDER BY key LIMIT $2::bigint
        """)

    /// Up to `limit` idempotency keys after one.
    public static func keys(
        after: TransferID, limit: Int, _ connection: inout Connection
    ) throws(PostgreSQLError) -> [KeyRow] {
        let rows = try connection.query(keys, page(after, limit))
        return (0..<rows.count).map { row in
            let key = rows.uuid(row, 0)
            let sequence = Sequence(rows.int(row, 1))
            return KeyRow(
                key: TransferID(high: key.high, low: key.low), sequence: sequence,
                subject: rows.optionalUUID(row, 2).map { TransferID(high: $0.high, low: $0.low) },
                hasAnswer: !rows.isNull(row, 3),
                answer: rows.isNull(row, 3)
                    ? nil : AnswerCoding.decode(rows.bytes(row, 3), sequence: sequence))
        }
    }

    static func page(_ after: TransferID, _ limit: Int) -> Parameters {
        var parameters = Parameters()
        parameters.add(uuidHigh: after.high, low: after.low)
        parameters.add(Int64(limit))
        return parameters
    }
}
