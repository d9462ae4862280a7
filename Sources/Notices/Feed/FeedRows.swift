internal import EventLog
internal import Identity
internal import PostgreSQL

/// Reads and marks what is in feeds.
enum FeedRows {
    private static let columns = "id, feed_number, kind, sealed, created_at, read_at"
    private static let after = Statement(
        "notices.feed.after",
        """
        SELECT \(columns) FROM notice WHERE person_id = $1 AND feed_number > $2
        ORDER BY feed_number LIMIT $3
        """)
    private static let before = Statement(
        "notices.feed.before",
        """
        SELECT \(columns) FROM notice WHERE person_id = $1 AND feed_number < $2
        ORDER BY feed_number DESC LIMIT $3
        """)
    private static let unread = Statement(
        "notices.feed.unread",
        """
        SELECT count(*) FROM notice
        WHERE person_id = $1 AND feed_number IS NOT NULL AND read_at IS NULL
        """)
    private static let markThrough = Statement(
        "notices.feed.mark_through",
        """
        UPDATE notice SET read_at = $3
        WHERE person_id = $1 AND feed_number <= $2 AND read_at IS NULL RETURNING true
        """)
    private static let markOne = Statement(
        "notices.feed.mark",
        """
        UPDATE notice SET read_at = coalesce(read_at, $3)
        WHERE id = $2 AND person_id = $1 AND feed_number IS NOT NULL RETURNING true
        """)
    private static let last = Statement(
        "notices.feed.last",
        "SELECT person_id, last_number FROM notice_feed WHERE person_id = ANY($1::uuid[])")

    enum Side: Sendable {
        case after(Int64)
        case before(Int64)
    }

    static func entries(
        of person: PersonID, _ side: Side, limit: Int64, sealing: any NoticeSealing,
        on connection: inout Connection
    ) throws(PostgreSQLError) -> [FeedEntry] {
        let (statement, number) =
            switch side {
            case .after(let number): (after, number)
            case .before(let number): (before, number)
            }
        let rows = try connection.query(
            statement,
            Parameters {
                $0.add(person)
                $0.add(number)
                $0.add(limit)
            })
        var entries: [FeedEntry] = []
        for row in 0..<rows.count {
            let id: NoticeID = rows.identifier(row, 0)
            // One of a newer build's kinds, or of somebody who was erased, is left out.
            guard let kind = rows.kind(row, 2),
                let plain = try sealing.open(
                    rows.bytes(row, 3), for: person, as: id.sealedField, on: &connection),
                let (content, _) = NoticeContent.decoded(kind, plain)
            else { continue }
            entries.append(
                FeedEntry(
                    id: id, number: rows.int(row, 1), content: content,
                    createdAt: rows.moment(row, 4),
                    readAt: rows.isNull(row, 5) ? nil : rows.moment(row, 5)))
        }
        return entries
    }

    static func unreadCount(
        of person: PersonID, on connection: inout Connection
    ) throws(PostgreSQLError) -> Int64 {
        try connection.query(unread, Parameters { $0.add(person) }).int(0, 0)
    }

    static func markRead(
        through number: Int64, of person: PersonID, at now: Timestamp,
        on connection: inout Connection
    ) throws(PostgreSQLError) -> Int {
        try connection.query(
            markThrough,
            Parameters {
                $0.add(person)
                $0.add(number)
                $0.add(now)
            }
        ).count
    }

    static func markRead(
        _ notice: NoticeID, of person: PersonID, at now: Timestamp,
        on connection: inout Connection
    ) throws(PostgreSQLError) -> Bool {
        try !connection.query(
            markOne,
            Parameters {
                $0.add(person)
                $0.add(notice)
                $0.add(now)
            }
        ).isEmpty
    }

    static func lastNumbers(
        of people: [PersonID], on connection: inout Connection
    ) throws(PostgreSQLError) -> [PersonID: Int64] {
        let rows = try connection.query(last, Parameters { $0.addIdentifiers(people) })
        var numbers: [PersonID: Int64] = [:]
        for row in 0..<rows.count { numbers[rows.identifier(row, 0)] = rows.int(row, 1) }
        return numbers
    }
}
