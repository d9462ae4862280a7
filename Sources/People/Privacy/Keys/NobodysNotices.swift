internal import PostgreSQL
internal import Vault

/// Notices to those who are not registered, each with its own key before it. They are few: a courier is quick, and what is
/// old is swept.
struct NobodysNotices: WrappedKeyKeeping {
    let name = "notice"
    let column = "notice.sealed"
    let start = WrappedKeyPlaces.leastUUID
    let sealed: [SealedColumn] = []

    // They all go to a contact, of which there is an index.
    private static let page = Statement(
        "people.keys.notice",
        """
        SELECT id::text, sealed FROM notice
        WHERE person_id IS NULL AND contact_kind IS NOT NULL AND id > ($1::text)::uuid
        ORDER BY id LIMIT $2::bigint
        """)
    private static let replace = Statement(
        "people.keys.replace.notice",
        """
        WITH new AS (
            SELECT unnest($1::text[])::uuid AS id, unnest($2::bytea[]) AS old,
                unnest($3::bytea[]) AS sealed),
        free AS (
            SELECT t.id, new.sealed FROM notice t JOIN new ON new.id = t.id
            WHERE t.sealed = new.old ORDER BY t.id FOR NO KEY UPDATE OF t SKIP LOCKED),
        replaced AS (
            UPDATE notice t SET sealed = free.sealed FROM free WHERE t.id = free.id RETURNING 1)
        SELECT count(*) FROM replaced
        """)
    private static let pageSize = 1_000

    func rows(
        after id: String, limit: Int, on connection: inout Connection
    ) throws(PostgreSQLError) -> [WrappedKeyRow] {
        let rows = try connection.query(
            Self.page,
            Parameters {
                $0.add(id)
                $0.add(Int64(limit))
            })
        return (0..<rows.count).map { Self.row(rows.text($0, 0), rows.bytes($0, 1)) }
    }

    func rows(
        after id: String, notUnder masterKey: String, limit: Int, on connection: inout Connection
    ) throws(PostgreSQLError) -> [WrappedKeyRow] {
        var last = id
        while true {
            let page = try rows(after: last, limit: limit, on: &connection)
            let stale = page.filter { $0.key.masterKey != masterKey }
            guard stale.isEmpty, let end = page.last else { return stale }
            last = end.id
        }
    }

    func replace(
        _ rows: [(old: WrappedKeyRow, new: WrappedKey)], on connection: inout Connection
    ) throws(PostgreSQLError) -> Int64 {
        let new = rows.compactMap { row in
            row.old.beside.flatMap { NobodysNotice(key: row.new, sealed: $0.sealed).bytes }
                .map { (row.old, $0) }
        }
        if new.isEmpty { return 0 }
        return try connection.query(
            Self.replace,
            Parameters {
                $0.addTextArray(new) { $0.0.id }
                $0.addBytesArray(new) { $0.0.stored }
                $0.addBytesArray(new) { $0.1 }
            }
        ).int(0, 0)
    }

    func counts(on connection: inout Connection) throws(PostgreSQLError) -> [String: Int64] {
        var counts: [String: Int64] = [:]
        var last = start
        while true {
            let page = try rows(after: last, limit: Self.pageSize, on: &connection)
            for row in page { counts[row.key.masterKey, default: 0] += 1 }
            guard page.count == Self.pageSize, let end = page.last else { return counts }
            last = end.id
        }
    }

    /// What is no such notice has a key that no master key wraps, and so does not open.
    private static func row(_ id: String, _ bytes: [UInt8]) -> WrappedKeyRow {
        let notice = NobodysNotice(bytes)
        return WrappedKeyRow(
            id: id, owner: PeopleNotices.nobody,
            key: notice?.key ?? WrappedKey(masterKey: "", bytes: []), stored: bytes,
            beside: notice.map { ($0.sealed, "notice \(id)") })
    }
}
