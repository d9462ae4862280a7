internal import EventLog
internal import Identity
internal import People
internal import PostgreSQL

/// Money that waits to be claimed, as the database has it.
struct ClaimRow: Sendable {
    /// Where it stands. Raw values are the database's.
    enum State: Int16, Sendable {
        case open = 1
        case claimed = 2
        case returned = 3
        /// The payment that would have brought the money did not come to be.
        case unpaid = 4

        var word: String {
            switch self {
            case .open: "open"
            case .claimed: "claimed"
            case .returned: "returned"
            case .unpaid: "unpaid"
            }
        }
    }
    var id: ClaimID
    var payer: PersonID
    var transfer: TransferID
    /// Index of the address that it is for.
    var lookup: [UInt8]
    /// The address, under the payer's key.
    var sealed: [UInt8]
    /// Where the money waits.
    var account: TransferID
    var currency: String
    var amountMinor: Int64
    var state: State
    var createdAt: Timestamp
    var expiresAt: Timestamp

    private static let columns = """
        id, payer_id, transfer_id, lookup, sealed, account, currency, amount_minor, state, created_at,
        expires_at
        """
    private static let insert = Statement(
        "claim.insert",
        """
        INSERT INTO claim (\(columns))
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9::int, $10, $11)
        """)
    private static let remove = Statement(
        "claim.remove", "DELETE FROM claim WHERE id = $1 AND state = 1")
    private static let byID = Statement(
        "claim.by_id", "SELECT \(columns) FROM claim WHERE id = $1")
    private static let byTransfer = Statement(
        "claim.by_transfer", "SELECT \(columns) FROM claim WHERE transfer_id = $1")
    private static let byTransfers = Statement(
        "claim.by_transfers",
        "SELECT \(columns) FROM claim WHERE transfer_id = ANY($1::uuid[]) AND state = 1")
    private static let ofPayer = Statement(
        "claim.of_payer",
        """
        SELECT \(columns) FROM claim WHERE payer_id = $1 ORDER BY created_at DESC, id DESC LIMIT 200
        """)
    private static let ofPerson = Statement(
        "claim.of_person",
        """
        SELECT \(columns) FROM claim WHERE state = 1 AND expires_at > $2
            AND lookup IN (SELECT lookup FROM contact WHERE person_id = $1)
        ORDER BY created_at, id LIMIT 200
        """)
    private static let isFor = Statement(
        "claim.is_for", "SELECT 1 FROM contact WHERE person_id = $1 AND lookup = $2")
    private static let due = Statement(
        "claim.due",
        """
        SELECT \(columns) FROM claim WHERE state = 1 AND expires_at <= $1 AND tried_at <= $1 - 600000000
        ORDER BY expires_at LIMIT 100
        """
    )
    private static let tried = Statement(
        "claim.tried", "UPDATE claim SET tried_at = $2 WHERE id = $1")
    private static let end = Statement(
        "claim.end",
        """
        UPDATE claim SET state = $2::int, claimed_by = $3, ended_at = $4 WHERE id = $1 AND state = 1
        """)
    private static let account = Statement(
        "claim_account", "SELECT account FROM claim_account WHERE lookup = $1 AND currency = $2")
    private static let addAccount = Statement(
        "claim_account.insert",
        "INSERT INTO claim_account (lookup, currency, account) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"
    )

    private static func row(_ rows: borrowing Rows, _ row: Int) -> ClaimRow? {
        guard let state = State(rawValue: Int16(rows.int(row, 8))) else { return nil }
        return ClaimRow(
            id: rows.identifier(row, 0), payer: rows.identifier(row, 1),
            transfer: rows.transfer(row, 2), lookup: rows.bytes(row, 3),
            sealed: rows.bytes(row, 4), account: rows.transfer(row, 5),
            currency: rows.text(row, 6), amountMinor: rows.int(row, 7), state: state,
            createdAt: rows.moment(row, 9), expiresAt: rows.moment(row, 10))
    }

    private static func all(_ rows: borrowing Rows) -> [ClaimRow] {
        var found: [ClaimRow] = []
        for index in 0..<rows.count { if let row = row(rows, index) { found.append(row) } }
        return found
    }

    /// It is tried to return it.
    func tried(
        at now: Timestamp, on connection: inout Connection
    ) throws(PostgreSQLError) {
        _ = try connection.query(
            Self.tried,
            Parameters {
                $0.add(id)
                $0.add(now)
            })
    }

    func insert(on connection: inout Connection) throws(PostgreSQLError) {
        _ = try connection.query(
            Self.insert,
            Parameters {
                $0.add(id)
                $0.add(payer)
                $0.add(transfer)
                $0.add(lookup)
                $0.add(sealed)
                $0.add(account)
                $0.add(currency)
                $0.add(amountMinor)
                $0.add(state.rawValue)
                $0.add(createdAt)
                $0.add(expiresAt)
            })
    }

    static func remove(_ id: ClaimID, on connection: inout Connection) throws(PostgreSQLError) {
        _ = try connection.query(remove, Parameters { $0.add(id) })
    }

    static func find(
        _ id: ClaimID, on connection: inout Connection
    ) throws(PostgreSQLError) -> ClaimRow? {
        all(try connection.query(byID, Parameters { $0.add(id) })).first
    }

    static func find(
        transfer: TransferID, on connection: inout Connection
    ) throws(PostgreSQLError) -> ClaimRow? {
        all(try connection.query(byTransfer, Parameters { $0.add(transfer) })).first
    }

    /// The claims that some payments brought and that are open.
    static func open(
        of transfers: [TransferID], on connection: inout Connection
    ) throws(PostgreSQLError) -> [ClaimRow] {
        all(
            try connection.query(
                byTransfers, Parameters { $0.addUUIDArray(transfers) { ($0.high, $0.low) } }))
    }

    /// The address that it is for; nil once who paid was erased.
    func contact(
        _ people: People, on connection: inout Connection
    ) throws(PostgreSQLError) -> ContactPoint? {
        try people.key(of: payer, on: &connection)
            .flatMap { try? $0.open(sealed, as: "claim") }
            .flatMap { ContactPoint(String(decoding: $0, as: UTF8.self)) }
    }

    /// The newest first.
    static func all(
        paidBy person: PersonID, on connection: inout Connection
    ) throws(PostgreSQLError) -> [ClaimRow] {
        all(try connection.query(ofPayer, Parameters { $0.add(person) }))
    }

    /// What a person may claim: it is for an address that they have shown to be theirs.
    static func all(
        for person: PersonID, at now: Timestamp, on connection: inout Connection
    ) throws(PostgreSQLError) -> [ClaimRow] {
        all(
            try connection.query(
                ofPerson,
                Parameters {
                    $0.add(person)
                    $0.add(now)
                }))
    }

    func isFor(_ person: PersonID, on connection: inout Connection) throws(PostgreSQLError) -> Bool
    {
        try !connection.query(
            Self.isFor,
            Parameters {
                $0.add(person)
                $0.add(lookup)
            }
        ).isEmpty
    }

    /// Nobody claimed these in time.
    static func due(
        at now: Timestamp, on connection: inout Connection
    ) throws(PostgreSQLError) -> [ClaimRow] {
        all(try connection.query(due, Parameters { $0.add(now) }))
    }

    func end(
        _ state: State, by person: PersonID?, at now: Timestamp, on connection: inout Connection
    ) throws(PostgreSQLError) {
        _ = try connection.query(
            Self.end,
            Parameters {
                $0.add(id)
                $0.add(state.rawValue)
                $0.add(person)
                $0.add(now)
            })
    }

    /// The account at which money for an address waits.
    static func account(
        _ lookup: [UInt8], _ currency: String, on connection: inout Connection
    ) throws(PostgreSQLError) -> TransferID? {
        let rows = try connection.query(
            account,
            Parameters {
                $0.add(lookup)
                $0.add(currency)
            })
        return rows.isEmpty ? nil : rows.transfer(0, 0)
    }

    static func addAccount(
        _ account: TransferID, _ lookup: [UInt8], _ currency: String,
        on connection: inout Connection
    ) throws(PostgreSQLError) {
        _ = try connection.query(
            addAccount,
            Parameters {
                $0.add(lookup)
                $0.add(currency)
                $0.add(account)
            })
    }
}

extension Parameters {
    mutating func add(_ id: TransferID) { add(uuidHigh: id.high, low: id.low) }

    mutating func add(_ id: TransferID?) {
        if let id { add(id) } else { add(null: ()) }
    }

    mutating func add(_ number: Int64?) {
        if let number { add(number) } else { add(null: ()) }
    }
}

extension Rows {
    func transfer(_ row: Int, _ column: Int) -> TransferID {
        let (high, low) = uuid(row, column)
        return TransferID(high: high, low: low)
    }

    func optionalTransfer(_ row: Int, _ column: Int) -> TransferID? {
        isNull(row, column) ? nil : transfer(row, column)
    }
}
