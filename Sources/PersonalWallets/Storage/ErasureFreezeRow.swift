internal import EventLog
internal import Identity
internal import People
internal import PostgreSQL

/// An account that is frozen while its owner is erased, as the database has it, and how it is to be if the owner stays.
/// What staff asks for meanwhile goes there, too; see ``Wallet/freeze(_:debits:credits:key:)``.
struct ErasureFreezeRow: Sendable {
    var account: TransferID
    /// nil while it is not known; the account was not frozen then.
    var debitsFrozen: Bool?
    var creditsFrozen: Bool?

    /// Seconds after which whoever erases, or undoes it, must have been killed.
    static let leaseSeconds: Int64 = 60

    private static let lock = Statement(
        "erasure.lock_person", "SELECT 1 FROM person WHERE id = $1 FOR UPDATE")
    private static let begin = Statement(
        "erasure.begin",
        """
        INSERT INTO erasure_freeze (account, person_id, begun_at)
        SELECT account, $1, $2 FROM (SELECT account FROM wallet WHERE person_id = $1
            UNION SELECT account FROM pocket WHERE person_id = $1) own
        ON CONFLICT (account) DO UPDATE SET begun_at = excluded.begun_at RETURNING account
        """)
    private static let know = Statement(
        "erasure.know",
        """
        UPDATE erasure_freeze SET debits_frozen = coalesce(debits_frozen, $2),
            credits_frozen = coalesce(credits_frozen, $3), begun_at = $4
        WHERE account = $1 AND NOT is_undone RETURNING account
        """)
    private static let renew = Statement(
        "erasure.renew",
        "UPDATE erasure_freeze SET begun_at = $2 WHERE person_id = $1 AND NOT is_undone")
    private static let isUndone = Statement(
        "erasure.is_undone",
        "SELECT EXISTS (SELECT 1 FROM erasure_freeze WHERE person_id = $1 AND is_undone)")
    private static let undo = Statement(
        "erasure.undo",
        """
        UPDATE erasure_freeze SET is_undone = true, begun_at = $2 WHERE person_id = $1
        RETURNING account, debits_frozen, credits_frozen
        """)
    private static let end = Statement(
        "erasure.end",
        """
        DELETE FROM erasure_freeze WHERE account = $1 AND debits_frozen IS NOT DISTINCT FROM $2
            AND credits_frozen IS NOT DISTINCT FROM $3
        """)
    private static let read = Statement(
        "erasure.freeze",
        "SELECT account, debits_frozen, credits_frozen FROM erasure_freeze WHERE account = $1")
    private static let isWanted = Statement(
        "erasure.is_wanted",
        "SELECT EXISTS (SELECT 1 FROM erasure_freeze WHERE account = $1 AND NOT is_undone)")
    private static let finish = Statement(
        "erasure.finish",
        """
        WITH ended AS (DELETE FROM erasure_freeze WHERE person_id = $1 RETURNING account)
        SELECT NOT EXISTS (
            SELECT account FROM (SELECT account FROM wallet WHERE person_id = $1
                UNION SELECT account FROM pocket WHERE person_id = $1) own
            WHERE account NOT IN (SELECT account FROM ended))
        """)
    private static let abandoned = Statement(
        "erasure.abandoned",
        "SELECT DISTINCT person_id FROM erasure_freeze WHERE begun_at < $1 LIMIT 20")

    private static func all(_ rows: borrowing Rows) -> [ErasureFreezeRow] {
        (0..<rows.count).map { row in
            ErasureFreezeRow(
                account: rows.transfer(row, 0),
                debitsFrozen: rows.isNull(row, 1) ? nil : rows.bool(row, 1),
                creditsFrozen: rows.isNull(row, 2) ? nil : rows.bool(row, 2))
        }
    }

    /// Writes down that all accounts of somebody are about to be frozen. Whoever erases them, or undoes it, is alone with
    /// the person until the transaction's end.
    static func begin(
        _ person: PersonID, at now: Timestamp, on connection: inout Connection
    ) throws(PostgreSQLError) -> [TransferID] {
        let rows = try connection.query(
            begin,
            Parameters {
                $0.add(person)
                $0.add(now)
            })
        return (0..<rows.count).map { rows.transfer($0, 0) }
    }

    static func lock(
        _ person: PersonID, on connection: inout Connection
    ) throws(PostgreSQLError) {
        _ = try connection.query(lock, Parameters { $0.add(person) })
    }

    /// How the account was before; what is known already stays. Whoever is at it goes on having it, and all other accounts
    /// of the person. False if somebody undoes it meanwhile: then nothing more must be frozen.
    func know(
        of person: PersonID, at now: Timestamp, on connection: inout Connection
    ) throws(PostgreSQLError) -> Bool {
        var parameters = parameters
        parameters.add(now)
        guard try !connection.query(Self.know, parameters).isEmpty else { return false }
        _ = try connection.query(
            Self.renew,
            Parameters {
                $0.add(person)
                $0.add(now)
            })
        return true
    }

    /// Whether what was begun is being undone.
    static func isUndone(
        _ person: PersonID, on connection: inout Connection
    ) throws(PostgreSQLError) -> Bool {
        try connection.query(isUndone, Parameters { $0.add(person) }).bool(0, 0)
    }

    /// Begins to undo it, with the person locked: they are not erased now.
    static func undo(
        _ person: PersonID, at now: Timestamp, on connection: inout Connection
    ) throws(PostgreSQLError) -> [ErasureFreezeRow] {
        all(
            try connection.query(
                undo,
                Parameters {
                    $0.add(person)
                    $0.add(now)
                }))
    }

    /// The account is as this says. Returns how it is to be, if that was changed meanwhile; nil once nothing is left to do.
    func end(on connection: inout Connection) throws(PostgreSQLError) -> ErasureFreezeRow? {
        _ = try connection.query(Self.end, parameters)
        return try Self.find(account, on: &connection)
    }

    /// What is written down of an account; nil if nothing is, or not any more.
    static func find(
        _ account: TransferID, on connection: inout Connection
    ) throws(PostgreSQLError) -> ErasureFreezeRow? {
        all(try connection.query(read, Parameters { $0.add(account) })).first
    }

    /// Whether an account is still to be frozen.
    static func isWanted(
        _ account: TransferID, on connection: inout Connection
    ) throws(PostgreSQLError) -> Bool {
        try connection.query(isWanted, Parameters { $0.add(account) }).bool(0, 0)
    }

    /// The owner is erased: accounts stay frozen. False if not all of them are, as one that was opened meanwhile.
    static func finish(
        _ person: PersonID, on connection: inout Connection
    ) throws(PostgreSQLError) -> Bool {
        try connection.query(finish, Parameters { $0.add(person) }).bool(0, 0)
    }

    /// Those whose erasure, or its undoing, was begun before a moment and cannot be under way any more.
    static func abandoned(
        at now: Timestamp, on connection: inout Connection
    ) throws(PostgreSQLError) -> [PersonID] {
        let rows = try connection.query(
            abandoned, Parameters { $0.add(now.adding(seconds: -leaseSeconds)) })
        return (0..<rows.count).map { rows.identifier($0, 0) }
    }

    private var parameters: Parameters {
        Parameters { parameters in
            parameters.add(account)
            for flag in [debitsFrozen, creditsFrozen] {
                if let flag { parameters.add(flag) } else { parameters.add(null: ()) }
            }
        }
    }
}
