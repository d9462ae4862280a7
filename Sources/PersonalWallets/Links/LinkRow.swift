internal import EventLog
internal import Identity
internal import People
internal import PostgreSQL

/// An address at which a person is paid, as the database has it.
struct LinkRow: Sendable {
    var id: PaymentLinkID
    /// Of the secret.
    var digest: [UInt8]
    /// The secret, under the person's key.
    var sealed: [UInt8]
    var person: PersonID
    var currency: String
    var amountMinor: Int64?
    var note: [UInt8]?
    var uses: Int64 = 0
    var maximumUses: Int64?
    var createdAt: Timestamp
    var expiresAt: Timestamp?
    var endedAt: Timestamp?

    private static let columns = """
        id, digest, sealed, person_id, currency, amount_minor, note, uses, maximum_uses, created_at,
        expires_at, ended_at
        """
    private static let insert = Statement(
        "link.insert",
        """
        INSERT INTO payment_link (\(columns))
        VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9, $10, NULL)
        """)
    private static let byDigest = Statement(
        "link.by_digest", "SELECT \(columns) FROM payment_link WHERE digest = $1")
    private static let ofPerson = Statement(
        "link.of_person",
        """
        SELECT \(columns) FROM payment_link WHERE person_id = $1 ORDER BY created_at DESC, id DESC
        LIMIT 200
        """)
    private static let take = Statement(
        "link.take",
        """
        UPDATE payment_link SET uses = uses + 1 WHERE id = $1 AND ended_at IS NULL
            AND (maximum_uses IS NULL OR uses < maximum_uses)
            AND (expires_at IS NULL OR expires_at > $2) RETURNING true
        """)
    private static let giveBack = Statement(
        "link.give_back", "UPDATE payment_link SET uses = uses - 1 WHERE id = $1 AND uses > 0")
    private static let lock = Statement(
        "link.lock", "SELECT 1 FROM payment_link WHERE id = $1 FOR UPDATE")
    private static let takeAgain = Statement(
        "link.take_again", "UPDATE payment_link SET uses = uses + 1 WHERE id = $1")
    private static let end = Statement(
        "link.end",
        """
        UPDATE payment_link SET ended_at = $3 WHERE id = $1 AND person_id = $2 AND ended_at IS NULL
        RETURNING true
        """)

    private static func all(_ rows: borrowing Rows) -> [LinkRow] {
        (0..<rows.count).map { row in
            LinkRow(
                id: rows.identifier(row, 0), digest: rows.bytes(row, 1),
                sealed: rows.bytes(row, 2), person: rows.identifier(row, 3),
                currency: rows.text(row, 4), amountMinor: rows.optionalInt(row, 5),
                note: rows.optionalBytes(row, 6), uses: rows.int(row, 7),
                maximumUses: rows.optionalInt(row, 8), createdAt: rows.moment(row, 9),
                expiresAt: rows.optionalMoment(row, 10), endedAt: rows.optionalMoment(row, 11))
        }
    }

    func insert(on connection: inout Connection) throws(PostgreSQLError) {
        _ = try connection.query(
            Self.insert,
            Parameters {
                $0.add(id)
                $0.add(digest)
                $0.add(sealed)
                $0.add(person)
                $0.add(currency)
                $0.add(amountMinor)
                $0.add(note)
                $0.add(maximumUses)
                $0.add(createdAt)
                $0.add(expiresAt?.rawValue)
            })
    }

    static func find(
        digest: [UInt8], on connection: inout Connection
    ) throws(PostgreSQLError) -> LinkRow? {
        all(try connection.query(byDigest, Parameters { $0.add(digest) })).first
    }

    /// The newest first.
    static func all(
        of person: PersonID, on connection: inout Connection
    ) throws(PostgreSQLError) -> [LinkRow] {
        all(try connection.query(ofPerson, Parameters { $0.add(person) }))
    }

    /// Takes one use; false if there is none left, or the link has ended.
    func take(at now: Timestamp, on connection: inout Connection) throws(PostgreSQLError) -> Bool {
        try !connection.query(
            Self.take,
            Parameters {
                $0.add(id)
                $0.add(now)
            }
        ).isEmpty
    }

    /// Until the transaction's end nobody else takes or gives back a use.
    static func lock(
        _ id: PaymentLinkID, on connection: inout Connection
    ) throws(PostgreSQLError) {
        _ = try connection.query(lock, Parameters { $0.add(id) })
    }

    /// The payment that a use was taken for did not come to be.
    static func giveBack(
        _ id: PaymentLinkID, on connection: inout Connection
    ) throws(PostgreSQLError) {
        _ = try connection.query(giveBack, Parameters { $0.add(id) })
    }

    /// A use that was given back was paid nevertheless: it counts, whatever else was paid meanwhile.
    static func takeAgain(
        _ id: PaymentLinkID, on connection: inout Connection
    ) throws(PostgreSQLError) {
        _ = try connection.query(takeAgain, Parameters { $0.add(id) })
    }

    /// Ends it; false if the person has no such link that goes on.
    static func end(
        _ id: PaymentLinkID, of person: PersonID, at now: Timestamp,
        on connection: inout Connection
    ) throws(PostgreSQLError) -> Bool {
        try !connection.query(
            end,
            Parameters {
                $0.add(id)
                $0.add(person)
                $0.add(now)
            }
        ).isEmpty
    }
}
