public import EventLog
public import Identity
internal import PostgreSQL

/// A program that may ask for tokens.
public struct Client: Sendable, Equatable {
    /// What it is called in requests.
    public let id: String
    /// What people see it called.
    public let name: String
    /// Where it is answered; none for a program that acts for itself.
    public let redirectURIs: [RedirectURI]
    /// The most that its tokens allow.
    public let scopes: Scopes
    /// Whether it has a secret to show; applications on people's devices have none.
    public let isConfidential: Bool
    /// When it was registered.
    public let createdAt: Timestamp

    /// The application that comes with the service.
    public static let applicationID = "holdfast-app"
}

/// A client, as the database has it.
struct ClientRow: Sendable {
    let client: Client
    let secret: [UInt8]?

    private static let columns = "id, name, secret, redirect_uris, scopes, created_at"
    private static let read = Statement(
        "people.client", "SELECT \(columns) FROM client WHERE id = $1 AND ended_at IS NULL")
    private static let list = Statement(
        "people.clients",
        "SELECT \(columns) FROM client WHERE ended_at IS NULL ORDER BY created_at, id")
    private static let insert = Statement(
        "people.client.insert",
        """
        INSERT INTO client (id, name, secret, redirect_uris, scopes, created_at, registered_by)
        VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO NOTHING RETURNING true
        """)
    private static let end = Statement(
        "people.client.end",
        "UPDATE client SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL RETURNING true")

    private init(_ rows: borrowing Rows, _ row: Int) {
        let uris = rows.text(row, 3).split(separator: "\n").compactMap { RedirectURI(String($0)) }
        secret = rows.optionalBytes(row, 2)
        client = Client(
            id: rows.text(row, 0), name: rows.text(row, 1), redirectURIs: uris,
            scopes: Scopes(rawValue: rows.int(row, 4)), isConfidential: secret != nil,
            createdAt: rows.moment(row, 5))
    }

    init(_ client: Client, secret: [UInt8]?) {
        self.client = client
        self.secret = secret
    }

    static func find(
        _ id: String, on connection: inout Connection
    ) throws(PostgreSQLError) -> ClientRow? {
        let rows = try connection.query(read, Parameters { $0.add(id) })
        return rows.isEmpty ? nil : ClientRow(rows, 0)
    }

    static func all(on connection: inout Connection) throws(PostgreSQLError) -> [ClientRow] {
        let rows = try connection.query(list)
        return (0..<rows.count).map { ClientRow(rows, $0) }
    }

    private static let registrar = Statement(
        "people.client.registrar", "SELECT registered_by FROM client WHERE id = $1")

    /// Who registered a client, ended or not; nil if that is not known.
    static func registrar(
        of id: String, on connection: inout Connection
    ) throws(PostgreSQLError) -> String? {
        let rows = try connection.query(registrar, Parameters { $0.add(id) })
        return rows.isEmpty ? nil : rows.optionalText(0, 0)
    }

    /// Keeps it; false if there is or was one of the same identifier.
    ///
    /// - Parameter actor: who registers it.
    func insert(by actor: String, on connection: inout Connection) throws(PostgreSQLError) -> Bool {
        try !connection.query(
            Self.insert,
            Parameters {
                $0.add(client.id)
                $0.add(client.name)
                $0.add(secret)
                $0.add(client.redirectURIs.map(\.text).joined(separator: "\n"))
                $0.add(client.scopes.rawValue)
                $0.add(client.createdAt)
                $0.add(actor)
            }
        ).isEmpty
    }

    /// Ends it; false if there is none.
    static func end(
        _ id: String, at now: Timestamp, on connection: inout Connection
    ) throws(PostgreSQLError) -> Bool {
        try !connection.query(
            end,
            Parameters {
                $0.add(id)
                $0.add(now)
            }
        ).isEmpty
    }
}
