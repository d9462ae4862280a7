/// What went wrong at the database.
public struct PostgreSQLError: Error, Sendable, Equatable, CustomStringConvertible {
    private enum Kind: Sendable, Equatable {
        case connectionLost
        case server
        case misuse
    }
    private var kind: Kind
    /// The server's five-character SQLSTATE; empty if the server said none.
    public var sqlState: String
    public var message: String

    private init(_ kind: Kind, sqlState: String = "", _ message: String) {
        self.kind = kind
        self.sqlState = sqlState
        self.message = message
    }

    /// The connection broke: whether the last transaction was committed is not known.
    public static func connectionLost(_ message: String) -> PostgreSQLError {
        PostgreSQLError(.connectionLost, message)
    }
    /// The server refused a statement.
    public static func server(sqlState: String, _ message: String) -> PostgreSQLError {
        PostgreSQLError(.server, sqlState: sqlState, message)
    }
    /// A result was not what the caller said it would be.
    public static func unexpectedResult(_ message: String) -> PostgreSQLError {
        PostgreSQLError(.misuse, message)
    }

    public var isConnectionLost: Bool { kind == .connectionLost }
    public var description: String {
        sqlState.isEmpty ? "PostgreSQL: \(message)" : "PostgreSQL \(sqlState): \(message)"
    }
}
