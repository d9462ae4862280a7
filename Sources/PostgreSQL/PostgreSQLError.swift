/// What went wrong at the database.
public struct PostgreSQLError: Error, Sendable, Equatable, CustomStringConvertible {
    private enum Kind: Sendable, Equatable {
        case connectionLost
        case outcomeUnknown
        case server
        case misuse
    }
    private var kind: Kind
    /// The server's five-character SQLSTATE; empty if the server said none.
    public var sqlState: String
    /// What the server or libpq said of it, without the line break at its end.
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
    /// The connection broke after a transaction's COMMIT was sent and before its answer came: it may have taken place.
    public static func outcomeUnknown(_ message: String) -> PostgreSQLError {
        PostgreSQLError(.outcomeUnknown, message)
    }
    /// The server refused a statement.
    public static func server(sqlState: String, _ message: String) -> PostgreSQLError {
        PostgreSQLError(.server, sqlState: sqlState, message)
    }
    /// A result was not what the caller said it would be.
    public static func unexpectedResult(_ message: String) -> PostgreSQLError {
        PostgreSQLError(.misuse, message)
    }

    /// Whether there was no connection, or it broke; what was committed last is then not known.
    public var isConnectionLost: Bool { kind == .connectionLost || kind == .outcomeUnknown }
    /// Whether a transaction may have taken place or not: it must not be made again unseen.
    public var isOutcomeUnknown: Bool { kind == .outcomeUnknown }
    /// Whether a transaction was ended for the sake of others, by a deadlock or because it cannot be put in an order with
    /// them: nothing of it took place, and it can be made again.
    public var isContention: Bool {
        kind == .server && (sqlState == "40P01" || sqlState == "40001")
    }
    /// The message, after the SQLSTATE if there is one.
    public var description: String {
        sqlState.isEmpty ? "PostgreSQL: \(message)" : "PostgreSQL \(sqlState): \(message)"
    }
}
