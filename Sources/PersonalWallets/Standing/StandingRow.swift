internal import EventLog
internal import Identity
internal import People
internal import PostgreSQL

/// A payment at a later time, as the database has it.
struct StandingRow: Sendable {
    var id: StandingPaymentID
    var person: PersonID
    var payee: PersonID
    var currency: String
    var amountMinor: Int64
    var every: Recurrence
    var firstAt: Timestamp
    /// In all; nil for no end.
    var occurrences: Int64?
    /// The next one, from 0.
    var occurrence: Int64 = 0
    /// When it is tried (again); nil once there is no next one.
    var dueAt: Timestamp?
    /// What the next occurrence will be, once it was tried.
    var transfer: TransferID?
    var tries: Int16 = 0
    var lastError: String?
    var createdAt: Timestamp
    var endedAt: Timestamp?

    private static let columns = """
        id, person_id, payee_id, currency, amount_minor, every, first_at, occurrences, occurrence, due_at,
        transfer_id, tries, last_error, created_at, ended_at
        """
    private static let insert = Statement(
        "standing.insert",
        """
        INSERT INTO standing_payment (id, person_id, payee_id, currency, amount_minor, every, first_at,
            occurrences, occurrence, due_at, created_at)
        VALUES ($1, $2, $3, $4, $5, $6::int, $7, $8, 0, $9, $10)
        """)
    private static let ofPerson = Statement(
        "standing.of_person",
        """
        SELECT \(columns) FROM standing_payment WHERE person_id = $1 ORDER BY created_at, id LIMIT 500
        """)
    private static let locked = Statement(
        "standing.locked", "SELECT \(columns) FROM standing_payment WHERE id = $1 FOR UPDATE")
    private static let due = Statement(
        "standing.due",
        """
        SELECT \(columns) FROM standing_payment WHERE ended_at IS NULL AND due_at <= $1
        ORDER BY due_at LIMIT 20 FOR UPDATE SKIP LOCKED
        """)
    private static let update = Statement(
        "standing.update",
        """
        UPDATE standing_payment SET occurrence = $2, due_at = $3, transfer_id = $4, tries = $5::int,
            last_error = $6, ended_at = $7
        WHERE id = $1
        """)
    private static let open = Statement(
        "standing.open",
        "SELECT count(*) FROM standing_payment WHERE person_id = $1 AND ended_at IS NULL")

    private static func all(_ rows: borrowing Rows) -> [StandingRow] {
        var found: [StandingRow] = []
        for row in 0..<rows.count {
            guard let every = Recurrence(rawValue: Int16(rows.int(row, 5))) else { continue }
            found.append(
                StandingRow(
                    id: rows.identifier(row, 0), person: rows.identifier(row, 1),
                    payee: rows.identifier(row, 2), currency: rows.text(row, 3),
                    amountMinor: rows.int(row, 4), every: every, firstAt: rows.moment(row, 6),
                    occurrences: rows.optionalInt(row, 7), occurrence: rows.int(row, 8),
                    dueAt: rows.optionalMoment(row, 9), transfer: rows.optionalTransfer(row, 10),
                    tries: Int16(rows.int(row, 11)), lastError: rows.optionalText(row, 12),
                    createdAt: rows.moment(row, 13), endedAt: rows.optionalMoment(row, 14)))
        }
        return found
    }

    func insert(on connection: inout Connection) throws(PostgreSQLError) {
        _ = try connection.query(
            Self.insert,
            Parameters {
                $0.add(id)
                $0.add(person)
                $0.add(payee)
                $0.add(currency)
                $0.add(amountMinor)
                $0.add(every.rawValue)
                $0.add(firstAt)
                $0.add(occurrences)
                $0.add(dueAt?.rawValue)
                $0.add(createdAt)
            })
    }

    func update(on connection: inout Connection) throws(PostgreSQLError) {
        _ = try connection.query(
            Self.update,
            Parameters {
                $0.add(id)
                $0.add(occurrence)
                $0.add(dueAt?.rawValue)
                $0.add(transfer)
                $0.add(tries)
                $0.add(lastError)
                $0.add(endedAt?.rawValue)
            })
    }

    static func all(
        of person: PersonID, on connection: inout Connection
    ) throws(PostgreSQLError) -> [StandingRow] {
        all(try connection.query(ofPerson, Parameters { $0.add(person) }))
    }

    static func locked(
        _ id: StandingPaymentID, on connection: inout Connection
    ) throws(PostgreSQLError) -> StandingRow? {
        all(try connection.query(locked, Parameters { $0.add(id) })).first
    }

    /// What is due, locked; what another process has locked is left out.
    static func due(
        at now: Timestamp, on connection: inout Connection
    ) throws(PostgreSQLError) -> [StandingRow] {
        all(try connection.query(due, Parameters { $0.add(now) }))
    }

    /// How many of a person go on.
    static func count(
        of person: PersonID, on connection: inout Connection
    ) throws(PostgreSQLError) -> Int64 {
        try connection.query(open, Parameters { $0.add(person) }).int(0, 0)
    }

    // MARK: - Going on

    /// Seconds after which a payment that was refused is tried again, and how often.
    static let retrySeconds: Int64 = 6 * 3_600
    static let retries: Int16 = 3

    /// Takes what is due to be paid now. Should its process be killed, it is due again a while later.
    mutating func begin(at now: Timestamp) {
        transfer = transfer ?? .fresh(at: now)
        dueAt = now.adding(seconds: 60)
    }

    /// The occurrence was paid, or will not be: the next one is that of the calendar, and those that were missed while
    /// nobody looked are left out but for the last one.
    mutating func goOn(at now: Timestamp, because error: String?) {
        lastError = error
        tries = 0
        transfer = nil
        repeat {
            occurrence += 1
            dueAt = isOver ? nil : every.moment(occurrence, from: firstAt)
        } while dueAt.map { next in
            next <= now && (every.moment(occurrence + 1, from: firstAt).map { $0 <= now } ?? false)
        } ?? false
        if dueAt == nil { endedAt = now }
    }

    /// The ledger refused it: it is tried again, or left out after a while.
    mutating func refuse(at now: Timestamp, because error: String) {
        guard tries < Self.retries else { return goOn(at: now, because: error) }
        tries += 1
        lastError = error
        dueAt = now.adding(seconds: Self.retrySeconds)
    }

    private var isOver: Bool {
        every == .once || occurrences.map { occurrence >= $0 } ?? false
    }
}
