/// A statement that is prepared once a connection and then executed by name, in binary format.
public struct Statement: Sendable, Hashable {
    /// What the statement is prepared under: a connection prepares the first SQL text that it is given of a name.
    public let name: String
    /// One SQL statement, with parameters `$1`, `$2` and so on.
    public let sql: String

    /// A statement. Nothing is prepared, nor checked, before a connection first sends it.
    public init(_ name: String, _ sql: String) {
        self.name = name
        self.sql = sql
    }
}
