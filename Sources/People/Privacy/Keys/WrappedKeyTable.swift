internal import PostgreSQL
internal import Vault

/// A table of which each row may have a data key, wrapped by a master key for the row's identifier.
struct WrappedKeyTable: WrappedKeyKeeping {
    let name: String
    let start: String
    let sealed: [SealedColumn]
    private let page: Statement
    private let stalePage: Statement
    private let replace: Statement
    private let count: Statement
    private let owner: String?

    /// - Parameters:
    ///   - idType: SQL type of the identifier.
    ///   - owner: what the keys are wrapped for; each for its row's identifier unless given.
    private init(
        _ table: StaticString, idType: StaticString, start: String, owner: String? = nil,
        sealed: [SealedColumn]
    ) {
        name = "\(table)"
        self.owner = owner
        self.start = start
        self.sealed = sealed
        let columns = "id::text, master_key, data_key"
        let after = "id > ($1::text)::\(idType) AND data_key IS NOT NULL"
        page = Statement(
            "people.keys.\(table)",
            "SELECT \(columns) FROM \(table) WHERE \(after) ORDER BY \(table).id LIMIT $2::bigint")
        stalePage = Statement(
            "people.keys.stale.\(table)",
            """
            SELECT \(columns) FROM \(table) WHERE \(after) AND master_key <> $3
            ORDER BY \(table).id LIMIT $2::bigint
            """)
        // A row that somebody holds is left for the next time: nobody waits for this, and this waits for nobody.
        replace = Statement(
            "people.keys.replace.\(table)",
            """
            WITH new AS (
                SELECT unnest($1::text[])::\(idType) AS id, unnest($2::text[]) AS old_master_key,
                    unnest($3::bytea[]) AS old_data_key, unnest($4::text[]) AS master_key,
                    unnest($5::bytea[]) AS data_key),
            free AS (
                SELECT t.id, new.master_key, new.data_key
                FROM \(table) t JOIN new ON new.id = t.id
                WHERE t.master_key = new.old_master_key AND t.data_key = new.old_data_key
                ORDER BY t.id FOR NO KEY UPDATE OF t SKIP LOCKED),
            replaced AS (
                UPDATE \(table) t SET master_key = free.master_key, data_key = free.data_key
                FROM free WHERE t.id = free.id RETURNING 1)
            SELECT count(*) FROM replaced
            """)
        count = Statement(
            "people.keys.count.\(table)",
            """
            SELECT master_key, count(*) FROM \(table) WHERE data_key IS NOT NULL
            GROUP BY master_key
            """)
    }

    var column: String { "\(name).data_key" }

    static let person = WrappedKeyTable(
        "person", idType: "uuid", start: WrappedKeyPlaces.leastUUID,
        sealed: [
            SealedColumn("person", row: "id", owner: "id", "profile", as: "profile"),
            SealedColumn("person", row: "id", owner: "id", "totp", as: "totp"),
            SealedColumn("contact", row: "id", owner: "person_id", "sealed", as: "contact"),
            SealedColumn("device", row: "id", owner: "person_id", "name", as: "device"),
            SealedColumn("passkey", row: "id", owner: "person_id", "name", as: "passkey"),
            SealedColumn(
                "sign_in", row: "digest", owner: "person_id", "device_name", as: "device"),
            SealedColumn(
                "authorization_code", row: "digest", owner: "person_id", "device_name",
                as: "device"),
            SealedColumn(
                "notice", row: "id", owner: "person_id", "sealed", as: "notice",
                namesRow: true),
            SealedColumn(
                "push_target", row: "id", owner: "person_id", "sealed", as: "push_target",
                namesRow: true),
        ])

    static let verification = WrappedKeyTable(
        "verification", idType: "uuid", start: WrappedKeyPlaces.leastUUID,
        sealed: [
            SealedColumn(
                "verification", row: "id", owner: "id", "payload", where: "purpose = 1",
                as: "registration"),
            SealedColumn(
                "verification", row: "id", owner: "id", "payload", where: "purpose = 3",
                as: "new contact"),
        ])

    static let signingKey = WrappedKeyTable(
        "signing_key", idType: "text", start: "",
        sealed: [
            SealedColumn(
                "signing_key", row: "id", owner: "id", ownerType: "text", "private_key",
                as: "signing_key")
        ])

    /// Keys of what risk knows of payments, which are the ledger's. What they seal has no index by key: a verification of
    /// the ledger opens it.
    static let context = WrappedKeyTable(
        "context_key", idType: "bigint", start: "0", owner: "risk context", sealed: [])

    func rows(
        after id: String, limit: Int, on connection: inout Connection
    ) throws(PostgreSQLError) -> [WrappedKeyRow] {
        decode(
            try connection.query(
                page,
                Parameters {
                    $0.add(id)
                    $0.add(Int64(limit))
                }))
    }

    func rows(
        after id: String, notUnder masterKey: String, limit: Int, on connection: inout Connection
    ) throws(PostgreSQLError) -> [WrappedKeyRow] {
        decode(
            try connection.query(
                stalePage,
                Parameters {
                    $0.add(id)
                    $0.add(Int64(limit))
                    $0.add(masterKey)
                }))
    }

    func replace(
        _ rows: [(old: WrappedKeyRow, new: WrappedKey)], on connection: inout Connection
    ) throws(PostgreSQLError) -> Int64 {
        if rows.isEmpty { return 0 }
        return try connection.query(
            replace,
            Parameters {
                $0.addTextArray(rows) { $0.old.id }
                $0.addTextArray(rows) { $0.old.key.masterKey }
                $0.addBytesArray(rows) { $0.old.key.bytes }
                $0.addTextArray(rows) { $0.new.masterKey }
                $0.addBytesArray(rows) { $0.new.bytes }
            }
        ).int(0, 0)
    }

    func counts(on connection: inout Connection) throws(PostgreSQLError) -> [String: Int64] {
        let rows = try connection.query(count)
        var counts: [String: Int64] = [:]
        for row in 0..<rows.count { counts[rows.text(row, 0)] = rows.int(row, 1) }
        return counts
    }

    private func decode(_ rows: borrowing Rows) -> [WrappedKeyRow] {
        (0..<rows.count).compactMap { row in
            rows.wrappedKey(row, 1).map {
                WrappedKeyRow(
                    id: rows.text(row, 0), owner: owner ?? rows.text(row, 0), key: $0,
                    stored: $0.bytes)
            }
        }
    }
}
