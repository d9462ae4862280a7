internal import EventLog
internal import Identity
internal import People
internal import PostgreSQL

/// Who knows whom, who wants nothing from whom, and how often strangers were asked.
enum RelationRows {
    private static let meet = Statement(
        "acquaintance.insert",
        """
        INSERT INTO acquaintance (one_id, other_id, since)
        VALUES (least($1::uuid, $2::uuid), greatest($1::uuid, $2::uuid), $3) ON CONFLICT DO NOTHING
        """)
    private static let known = Statement(
        "acquaintance.known",
        """
        SELECT 1 FROM acquaintance
        WHERE one_id = least($1::uuid, $2::uuid) AND other_id = greatest($1::uuid, $2::uuid)
        """)
    private static let block = Statement(
        "block.insert",
        "INSERT INTO block (person_id, blocked_id, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"
    )
    private static let unblock = Statement(
        "block.remove", "DELETE FROM block WHERE person_id = $1 AND blocked_id = $2 RETURNING true")
    private static let blocks = Statement(
        "block.any",
        """
        SELECT 1 FROM block WHERE (person_id = $1 AND blocked_id = $2)
            OR (person_id = $2 AND blocked_id = $1)
        """)
    private static let blocked = Statement(
        "block.all",
        "SELECT blocked_id, created_at FROM block WHERE person_id = $1 ORDER BY created_at LIMIT 1000"
    )
    private static let asked = Statement(
        "share.asked",
        """
        SELECT count(*), count(*) FILTER (WHERE s.lookup IS NOT NULL OR NOT EXISTS (
            SELECT 1 FROM acquaintance a WHERE a.one_id = least(r.requester_id, s.payer_id)
                AND a.other_id = greatest(r.requester_id, s.payer_id)))
        FROM request_share s JOIN money_request r ON r.id = s.request_id
        WHERE r.requester_id = $1 AND r.created_at > $2
        """)
    private static let openWith = Statement(
        "share.open_with",
        """
        SELECT count(*) FROM request_share s JOIN money_request r ON r.id = s.request_id
        WHERE r.requester_id = $1 AND s.payer_id = $2 AND s.state IN (1, 2)
        """)
    private static let openWithAddress = Statement(
        "share.open_with_address",
        """
        SELECT count(*) FROM request_share s JOIN money_request r ON r.id = s.request_id
        WHERE r.requester_id = $1 AND s.lookup = $2 AND s.state IN (1, 2)
        """)

    private static func pair(_ one: PersonID, _ other: PersonID) -> Parameters {
        Parameters {
            $0.add(one)
            $0.add(other)
        }
    }

    /// One has paid the other.
    static func meet(
        _ one: PersonID, _ other: PersonID, at now: Timestamp, on connection: inout Connection
    ) throws(PostgreSQLError) {
        _ = try connection.query(
            meet,
            Parameters {
                $0.add(one)
                $0.add(other)
                $0.add(now)
            })
    }

    static func areAcquainted(
        _ one: PersonID, _ other: PersonID, on connection: inout Connection
    ) throws(PostgreSQLError) -> Bool {
        try !connection.query(known, pair(one, other)).isEmpty
    }

    /// Whether one of the two has blocked the other.
    static func isBlocked(
        _ one: PersonID, _ other: PersonID, on connection: inout Connection
    ) throws(PostgreSQLError) -> Bool {
        try !connection.query(blocks, pair(one, other)).isEmpty
    }

    static func block(
        _ other: PersonID, by person: PersonID, at now: Timestamp, on connection: inout Connection
    ) throws(PostgreSQLError) {
        _ = try connection.query(
            block,
            Parameters {
                $0.add(person)
                $0.add(other)
                $0.add(now)
            })
    }

    /// Returns whether the other was blocked.
    static func unblock(
        _ other: PersonID, by person: PersonID, on connection: inout Connection
    ) throws(PostgreSQLError) -> Bool {
        try !connection.query(unblock, pair(person, other)).isEmpty
    }

    /// Whom a person has blocked, the longest ago first.
    static func blocked(
        by person: PersonID, on connection: inout Connection
    ) throws(PostgreSQLError) -> [(person: PersonID, since: Timestamp)] {
        let rows = try connection.query(blocked, Parameters { $0.add(person) })
        return (0..<rows.count).map { (rows.identifier($0, 0), rows.moment($0, 1)) }
    }

    /// Shares that a person asked for since a moment: all of them, and those of strangers.
    static func asked(
        by person: PersonID, since: Timestamp, on connection: inout Connection
    ) throws(PostgreSQLError) -> (all: Int64, strangers: Int64) {
        let rows = try connection.query(
            asked,
            Parameters {
                $0.add(person)
                $0.add(since)
            })
        return (rows.int(0, 0), rows.int(0, 1))
    }

    /// Shares that are open between who asks and who is asked.
    static func open(
        by person: PersonID, of other: PersonID, on connection: inout Connection
    ) throws(PostgreSQLError) -> Int64 {
        try connection.query(openWith, pair(person, other)).int(0, 0)
    }

    /// The same, of an address.
    static func open(
        by person: PersonID, of lookup: [UInt8], on connection: inout Connection
    ) throws(PostgreSQLError) -> Int64 {
        try connection.query(
            openWithAddress,
            Parameters {
                $0.add(person)
                $0.add(lookup)
            }
        ).int(0, 0)
    }
}
