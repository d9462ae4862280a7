internal import EventLog
internal import Identity
internal import People
internal import PostgreSQL

/// A request for money, as the database has it.
struct RequestRow: Sendable {
    var id: MoneyRequestID
    var requester: PersonID
    var currency: String
    var totalMinor: Int64
    /// Under the requester's key.
    var note: [UInt8]?
    var createdAt: Timestamp
    var expiresAt: Timestamp

    private static let columns =
        "r.id, r.requester_id, r.currency, r.total_minor, r.note, r.created_at, r.expires_at"
    private static let insert = Statement(
        "request.insert",
        """
        INSERT INTO money_request (id, requester_id, currency, total_minor, note, created_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        """)
    private static let byID = Statement(
        "request.by_id", "SELECT \(columns) FROM money_request r WHERE r.id = $1")
    private static let made = Statement(
        "request.made",
        """
        SELECT \(columns) FROM money_request r WHERE r.requester_id = $1 AND r.id < $2
        ORDER BY r.id DESC LIMIT $3
        """)
    private static let received = Statement(
        "request.received",
        """
        SELECT \(columns) FROM money_request r WHERE r.id < $2 AND r.id IN (
            SELECT request_id FROM request_share WHERE payer_id = $1
            UNION SELECT s.request_id FROM request_share s JOIN contact c ON c.lookup = s.lookup
            WHERE c.person_id = $1)
        ORDER BY r.id DESC LIMIT $3
        """)

    init(
        id: MoneyRequestID, requester: PersonID, currency: String, totalMinor: Int64,
        note: [UInt8]?, createdAt: Timestamp, expiresAt: Timestamp
    ) {
        self.id = id
        self.requester = requester
        self.currency = currency
        self.totalMinor = totalMinor
        self.note = note
        self.createdAt = createdAt
        self.expiresAt = expiresAt
    }

    private init(_ rows: borrowing Rows, _ row: Int) {
        self.init(
            id: rows.identifier(row, 0), requester: rows.identifier(row, 1),
            currency: rows.text(row, 2), totalMinor: rows.int(row, 3),
            note: rows.optionalBytes(row, 4), createdAt: rows.moment(row, 5),
            expiresAt: rows.moment(row, 6))
    }

    func insert(on connection: inout Connection) throws(PostgreSQLError) {
        _ = try connection.query(
            Self.insert,
            Parameters {
                $0.add(id)
                $0.add(requester)
                $0.add(currency)
                $0.add(totalMinor)
                $0.add(note)
                $0.add(createdAt)
                $0.add(expiresAt)
            })
    }

    static func find(
        _ id: MoneyRequestID, on connection: inout Connection
    ) throws(PostgreSQLError) -> RequestRow? {
        let rows = try connection.query(byID, Parameters { $0.add(id) })
        return rows.isEmpty ? nil : RequestRow(rows, 0)
    }

    /// Those that a person made, or was asked by; the newest first.
    static func page(
        of person: PersonID, made isMade: Bool, before: MoneyRequestID?, limit: Int,
        on connection: inout Connection
    ) throws(PostgreSQLError) -> [RequestRow] {
        let last = MoneyRequestID(TransferID(high: .max, low: .max))
        let rows = try connection.query(
            isMade ? made : received,
            Parameters {
                $0.add(person)
                $0.add(before ?? last)
                $0.add(Int64(limit))
            })
        return (0..<rows.count).map { RequestRow(rows, $0) }
    }
}

/// What one person is asked for, as the database has it.
struct ShareRow: Sendable {
    var request: MoneyRequestID
    var number: Int16
    var payer: PersonID?
    /// Index of the address of somebody who is not registered, and the address under the requester's key.
    var lookup: [UInt8]?
    var sealed: [UInt8]?
    var amountMinor: Int64
    var state = ShareState.open
    var transfer: TransferID?
    var reminders: Int16 = 0
    /// When it was asked for, or called to mind last.
    var askedAt: Timestamp
    var changedAt: Timestamp

    private static let columns = """
        s.request_id, s.number, s.payer_id, s.lookup, s.sealed, s.amount_minor, s.state, s.transfer_id,
        s.reminders, s.asked_at, s.changed_at
        """
    private static let insert = Statement(
        "share.insert",
        """
        INSERT INTO request_share (request_id, number, payer_id, lookup, sealed, amount_minor, state,
            asked_at, changed_at)
        VALUES ($1, $2::int, $3, $4, $5, $6, $7::int, $8, $8)
        """)
    private static let ofRequest = Statement(
        "share.of_request",
        "SELECT \(columns) FROM request_share s WHERE s.request_id = $1 ORDER BY s.number")
    private static let ofPerson = Statement(
        "share.of_person",
        """
        SELECT \(columns) FROM request_share s WHERE s.request_id = $1 AND (s.payer_id = $2
            OR s.lookup IN (SELECT lookup FROM contact WHERE person_id = $2))
        ORDER BY s.state NOT IN (1, 2), s.number FOR UPDATE OF s
        """)
    private static let numbered = Statement(
        "share.numbered",
        """
        SELECT \(columns) FROM request_share s WHERE s.request_id = $1 AND s.number = $2::int
        FOR UPDATE OF s
        """)
    private static let update = Statement(
        "share.update",
        """
        UPDATE request_share SET payer_id = $3, lookup = $4, sealed = $5, state = $6::int,
            transfer_id = $7, reminders = $8::int, asked_at = $9, changed_at = $10
        WHERE request_id = $1 AND number = $2::int
        """)
    private static let due = Statement(
        "share.due",
        """
        SELECT \(columns) FROM request_share s JOIN money_request r ON r.id = s.request_id
        WHERE s.state = 1 AND r.expires_at <= $1 ORDER BY r.expires_at LIMIT 200 FOR UPDATE OF s SKIP LOCKED
        """)
    private static let paying = Statement(
        "share.paying",
        """
        SELECT \(columns) FROM request_share s WHERE s.state = 2 AND s.changed_at < $1
        ORDER BY s.changed_at LIMIT 200
        """)

    private static func all(_ rows: borrowing Rows) -> [ShareRow] {
        var found: [ShareRow] = []
        for row in 0..<rows.count {
            guard let state = ShareState(rawValue: Int16(rows.int(row, 6))) else { continue }
            found.append(
                ShareRow(
                    request: rows.identifier(row, 0), number: Int16(rows.int(row, 1)),
                    payer: rows.optionalIdentifier(row, 2), lookup: rows.optionalBytes(row, 3),
                    sealed: rows.optionalBytes(row, 4), amountMinor: rows.int(row, 5),
                    state: state, transfer: rows.optionalTransfer(row, 7),
                    reminders: Int16(rows.int(row, 8)), askedAt: rows.moment(row, 9),
                    changedAt: rows.moment(row, 10)))
        }
        return found
    }

    func insert(on connection: inout Connection) throws(PostgreSQLError) {
        _ = try connection.query(
            Self.insert,
            Parameters {
                $0.add(request)
                $0.add(number)
                $0.add(payer)
                $0.add(lookup)
                $0.add(sealed)
                $0.add(amountMinor)
                $0.add(state.rawValue)
                $0.add(askedAt)
            })
    }

    func update(on connection: inout Connection) throws(PostgreSQLError) {
        _ = try connection.query(
            Self.update,
            Parameters {
                $0.add(request)
                $0.add(number)
                $0.add(payer)
                $0.add(lookup)
                $0.add(sealed)
                $0.add(state.rawValue)
                $0.add(transfer)
                $0.add(reminders)
                $0.add(askedAt)
                $0.add(changedAt)
            })
    }

    static func all(
        of request: MoneyRequestID, on connection: inout Connection
    ) throws(PostgreSQLError) -> [ShareRow] {
        all(try connection.query(ofRequest, Parameters { $0.add(request) }))
    }

    /// The share that a person is asked for, locked; by an address of theirs, too. Who is asked by name, and by an address
    /// that they have shown to be theirs since, has two: the first that is not ended is meant.
    static func locked(
        _ request: MoneyRequestID, of person: PersonID, on connection: inout Connection
    ) throws(PostgreSQLError) -> ShareRow? {
        try allLocked(request, of: person, on: &connection).first
    }

    /// All shares that a person is asked for, locked; those that are not ended first.
    static func allLocked(
        _ request: MoneyRequestID, of person: PersonID, on connection: inout Connection
    ) throws(PostgreSQLError) -> [ShareRow] {
        all(
            try connection.query(
                ofPerson,
                Parameters {
                    $0.add(request)
                    $0.add(person)
                }))
    }

    static func locked(
        _ request: MoneyRequestID, _ number: Int16, on connection: inout Connection
    ) throws(PostgreSQLError) -> ShareRow? {
        all(
            try connection.query(
                numbered,
                Parameters {
                    $0.add(request)
                    $0.add(number)
                })
        ).first
    }

    /// Open shares of requests that have ended, locked.
    static func due(
        at now: Timestamp, on connection: inout Connection
    ) throws(PostgreSQLError) -> [ShareRow] {
        all(try connection.query(due, Parameters { $0.add(now) }))
    }

    /// Shares whose payment began before a moment and has not ended, as far as is known.
    static func paying(
        before: Timestamp, on connection: inout Connection
    ) throws(PostgreSQLError) -> [ShareRow] {
        all(try connection.query(paying, Parameters { $0.add(before) }))
    }
}
