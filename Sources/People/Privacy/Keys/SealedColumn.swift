internal import PostgreSQL

/// A column of what is sealed under data keys, so that it can be seen whether it opens.
package struct SealedColumn: Sendable {
    /// What is in one row.
    struct Value: Sendable {
        /// Whose key it is under.
        let owner: String
        /// Text of the row's identifier.
        let row: String
        let sealed: [UInt8]
    }

    /// Table and column.
    let name: String
    /// What it was sealed as.
    let field: String
    /// Whether it was sealed as that of its row, behind a space.
    let namesRow: Bool
    private let read: Statement

    /// - Parameters:
    ///   - row: column of the row's identifier.
    ///   - owner: column that says whose key it is under, a person's unless another type is given.
    ///   - column: NULL or no bytes for nothing.
    ///   - condition: which rows have it, in SQL; all unless it is given.
    ///   - field: what it was sealed as.
    ///   - namesRow: whether the row's identifier follows, behind a space.
    package init(
        _ table: StaticString, row: StaticString, owner: StaticString,
        ownerType: StaticString = "uuid", _ column: StaticString,
        where condition: StaticString = "true", as field: StaticString, namesRow: Bool = false
    ) {
        self.namesRow = namesRow
        name = "\(table).\(column)"
        self.field = "\(field)"
        read = Statement(
            "people.sealed.\(table).\(column).\(field)",
            """
            SELECT \(owner)::text, \(row)::text, \(column) FROM \(table)
            WHERE \(owner) = ANY(($1::text[])::\(ownerType)[]) AND octet_length(\(column)) > 0
                AND (\(condition))
            ORDER BY \(owner), \(row)
            """)
    }

    /// What is sealed under the keys of some owners.
    func values(
        of owners: [String], on connection: inout Connection
    ) throws(PostgreSQLError) -> [Value] {
        let rows = try connection.query(read, Parameters { $0.addTextArray(owners) { $0 } })
        return (0..<rows.count).map { row in
            Value(owner: rows.text(row, 0), row: rows.text(row, 1), sealed: rows.bytes(row, 2))
        }
    }
}
