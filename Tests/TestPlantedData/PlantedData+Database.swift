public import PostgreSQL

extension PlantedData {
    /// What was looked at in a database.
    public struct DatabaseSearch: Sendable {
        /// What was found, and where.
        public var findings: [Finding] = []
        /// Rows that were read of each table, the empty ones included.
        public var rows: [String: Int] = [:]
    }

    // The names come from the catalogue and are quoted by it.
    private static let columns = Statement(
        "planted.columns",
        """
        SELECT format('%I.%I', n.nspname, c.relname),
            format('%I', a.attname), a.atttypid = 'bytea'::regtype
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
            JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'm', 'p') AND a.attnum > 0 AND NOT a.attisdropped
            AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
        ORDER BY 1, a.attnum
        """)
    private static let pageSize = 2_000

    /// All that is found in all columns of all tables: bytes as they are, everything else as its text. Blocks.
    public func findings(
        inTablesOf connection: inout Connection
    ) throws(PostgreSQLError) -> DatabaseSearch {
        let rows = try connection.query(Self.columns)
        var tables: [(name: String, columns: [(name: String, isBytes: Bool)])] = []
        for row in 0..<rows.count {
            let column = (name: rows.text(row, 1), isBytes: rows.bool(row, 2))
            if tables.last?.name == rows.text(row, 0) {
                tables[tables.count - 1].columns.append(column)
            } else {
                tables.append((rows.text(row, 0), [column]))
            }
        }
        var search = DatabaseSearch()
        for table in tables { try look(into: table.name, table.columns, &search, &connection) }
        return search
    }

    private func look(
        into table: String, _ columns: [(name: String, isBytes: Bool)],
        _ search: inout DatabaseSearch, _ connection: inout Connection
    ) throws(PostgreSQLError) {
        let list = columns.map {
            $0.isBytes ? $0.name : "convert_to(\($0.name)::text, 'UTF8')"
        }
        search.rows[table] = 0
        try connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        try connection.execute(
            "DECLARE planted CURSOR FOR SELECT \(list.joined(separator: ", ")) FROM \(table)")
        let fetch = Statement("planted.\(table)", "FETCH \(Self.pageSize) FROM planted")
        while true {
            let page = try connection.query(fetch)
            search.rows[table, default: 0] += page.count
            for (column, described) in columns.enumerated() {
                let place = "\(table).\(described.name)"
                // One text of them all, so that each is looked at once.
                var bytes: [UInt8] = []
                for row in 0..<page.count where !page.isNull(row, column) {
                    bytes += page.bytes(row, column)
                    bytes.append(0)
                }
                let known = search.findings.contains { $0.place == place }
                if !known { search.findings += findings(in: bytes, of: place) }
            }
            if page.count < Self.pageSize { break }
        }
        try connection.execute("COMMIT")
    }
}
