internal import EventLog
internal import Identity
internal import PostgreSQL
internal import WebAuthn

/// A passkey of a person, as the database has it.
struct PasskeyRow: Sendable {
    let person: PersonID
    let credential: RegisteredCredential
    let name: [UInt8]
    let createdAt: Timestamp
    let lastUsedAt: Timestamp

    private static let columns = """
        person_id, id, public_key, sign_count, is_backup_eligible, is_backed_up, transports,
        aaguid, name, created_at, last_used_at
        """
    private static let insert = Statement(
        "people.passkey.insert",
        """
        INSERT INTO passkey (\(columns))
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        ON CONFLICT (id) DO NOTHING RETURNING true
        """)
    private static let byID = Statement(
        "people.passkey", "SELECT \(columns) FROM passkey WHERE id = $1 FOR UPDATE")
    private static let ofPerson = Statement(
        "people.passkeys",
        "SELECT \(columns) FROM passkey WHERE person_id = $1 ORDER BY created_at, id")
    private static let use = Statement(
        "people.passkey.use",
        "UPDATE passkey SET sign_count = $2, is_backed_up = $3, last_used_at = $4 WHERE id = $1")
    private static let rename = Statement(
        "people.passkey.rename",
        "UPDATE passkey SET name = $3 WHERE id = $1 AND person_id = $2 RETURNING true")
    private static let remove = Statement(
        "people.passkey.remove",
        "DELETE FROM passkey WHERE id = $1 AND person_id = $2 RETURNING true")

    init(
        _ credential: RegisteredCredential, of person: PersonID, name: [UInt8], at now: Timestamp
    ) {
        self.person = person
        self.credential = credential
        self.name = name
        createdAt = now
        lastUsedAt = now
    }

    /// nil for a row that no build of this program wrote.
    private init?(_ rows: borrowing Rows, _ row: Int) {
        guard let id = try? CredentialID(rows.bytes(row, 1)),
            let key = try? COSEKey(rows.bytes(row, 2)), let aaguid = AAGUID(rows.bytes(row, 7))
        else { return nil }
        person = rows.identifier(row, 0)
        credential = RegisteredCredential(
            id: id, publicKey: key, signCount: UInt32(clamping: rows.int(row, 3)),
            isBackupEligible: rows.bool(row, 4), isBackedUp: rows.bool(row, 5),
            transports: rows.text(row, 6).split(separator: ",").map(String.init), aaguid: aaguid)
        name = rows.bytes(row, 8)
        createdAt = rows.moment(row, 9)
        lastUsedAt = rows.moment(row, 10)
    }

    /// Keeps it. Returns false instead if it is somebody's already.
    func insert(on connection: inout Connection) throws(PostgreSQLError) -> Bool {
        try !connection.query(
            Self.insert,
            Parameters {
                $0.add(person)
                $0.add(credential.id.bytes)
                $0.add(credential.publicKey.bytes)
                $0.add(Int64(credential.signCount))
                $0.add(credential.isBackupEligible)
                $0.add(credential.isBackedUp)
                $0.add(credential.transports.joined(separator: ","))
                $0.add(credential.aaguid.bytes)
                $0.add(name)
                $0.add(createdAt)
                $0.add(lastUsedAt)
            }
        ).isEmpty
    }

    static func find(
        _ id: CredentialID, on connection: inout Connection
    ) throws(PostgreSQLError) -> PasskeyRow? {
        let rows = try connection.query(byID, Parameters { $0.add(id.bytes) })
        return rows.isEmpty ? nil : PasskeyRow(rows, 0)
    }

    /// All of a person, the oldest first.
    static func all(
        of person: PersonID, on connection: inout Connection
    ) throws(PostgreSQLError) -> [PasskeyRow] {
        let rows = try connection.query(ofPerson, Parameters { $0.add(person) })
        var passkeys: [PasskeyRow] = []
        for row in 0..<rows.count {
            if let passkey = PasskeyRow(rows, row) { passkeys.append(passkey) }
        }
        return passkeys
    }

    /// It signed: what it then said of itself is kept.
    static func use(
        _ credential: RegisteredCredential, at now: Timestamp, on connection: inout Connection
    ) throws(PostgreSQLError) {
        _ = try connection.query(
            use,
            Parameters {
                $0.add(credential.id.bytes)
                $0.add(Int64(credential.signCount))
                $0.add(credential.isBackedUp)
                $0.add(now)
            })
    }

    /// Gives it another name, sealed; false if the person has no such passkey.
    static func rename(
        _ id: CredentialID, of person: PersonID, _ name: [UInt8],
        on connection: inout Connection
    ) throws(PostgreSQLError) -> Bool {
        try !connection.query(
            rename,
            Parameters {
                $0.add(id.bytes)
                $0.add(person)
                $0.add(name)
            }
        ).isEmpty
    }

    /// Takes it away; false if the person has no such passkey.
    static func remove(
        _ id: CredentialID, of person: PersonID, on connection: inout Connection
    ) throws(PostgreSQLError) -> Bool {
        try !connection.query(
            remove,
            Parameters {
                $0.add(id.bytes)
                $0.add(person)
            }
        ).isEmpty
    }
}
