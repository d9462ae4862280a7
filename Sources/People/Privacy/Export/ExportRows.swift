internal import EventLog
internal import Identity
internal import PostgreSQL
internal import Vault

/// What these tables hold of a person, as members of their export. Digests, hashes and keys are left out: they are for
/// showing who one is, and say nothing of a person.
struct ExportRows: Sendable {
    let person: PersonRow
    let key: DataKey

    private static let currency = Statement(
        "people.export.currency", "SELECT primary_currency FROM person WHERE id = $1")
    private static let recoveryCodes = Statement(
        "people.export.recovery_codes",
        "SELECT used_at FROM recovery_code WHERE person_id = $1 ORDER BY used_at, digest")
    // Those that ended, too.
    private static let sessions = Statement(
        "people.export.sessions",
        """
        SELECT id, device_id, client_id, scopes, methods, authenticated_at, created_at,
            last_used_at, expires_at, ended_at, end_cause
        FROM session WHERE person_id = $1 ORDER BY created_at, id
        """)
    private static let signIns = Statement(
        "people.export.sign_ins",
        """
        SELECT device_id, device_name, methods, is_complete, created_at, expires_at
        FROM sign_in WHERE person_id = $1 ORDER BY created_at, digest
        """)
    private static let authorizations = Statement(
        "people.export.authorizations",
        """
        SELECT device_id, device_name, client_id, scopes, authenticated_at, expires_at
        FROM authorization_code WHERE person_id = $1 ORDER BY expires_at, digest
        """)
    // Not those that others sent to a contact of the person's: what these say is theirs.
    private static let codes = Statement(
        "people.export.codes",
        """
        SELECT purpose, created_at, expires_at, used_at FROM verification WHERE person_id = $1
        ORDER BY created_at, id
        """)
    private static let wallets = Statement(
        "people.export.wallets",
        """
        SELECT account::text, currency, opened_at FROM wallet WHERE person_id = $1
        ORDER BY opened_at, account
        """)

    /// The person themselves.
    func profile(
        _ profile: Profile, on connection: inout Connection
    ) throws(PostgreSQLError) -> ExportValue {
        let currency = try connection.query(Self.currency, own)
        return .members([
            "id": .text("\(person.id)"),
            "registered_at": .moment(person.createdAt),
            "role": .text(person.role.word),
            "name": .text(profile.name),
            "handle": .text(profile.handle),
            "primary_currency": .text(currency.isEmpty ? nil : currency.optionalText(0, 0)),
        ])
    }

    /// How the person signs in, without what it takes.
    func security(on connection: inout Connection) throws(PostgreSQLError) -> ExportValue {
        let codes = try connection.query(Self.recoveryCodes, own)
        let passkeys = try PasskeyRow.all(of: person.id, on: &connection).map { row in
            ExportValue.members([
                "id": .text(row.credential.id.description),
                "name": open(row.name, as: "passkey"),
                "registered_at": .moment(row.createdAt),
                "last_used_at": .moment(row.lastUsedAt),
                "is_backed_up": .flag(row.credential.isBackedUp),
            ])
        }
        return .members([
            "has_password": .flag(person.password != nil),
            "password_set_at": .moment(person.password == nil ? nil : person.passwordAt),
            "authenticator_application_since": .moment(person.totpConfirmedAt),
            "recovery_codes": .list(
                (0..<codes.count).map {
                    .members(["used_at": .moment(codes.optionalMoment($0, 0))])
                }),
            "passkeys": .list(passkeys),
        ])
    }

    func contacts(on connection: inout Connection) throws(PostgreSQLError) -> ExportValue {
        .list(
            try ContactRow.all(of: person.id, on: &connection).map { row in
                .members([
                    "id": .text("\(row.id)"),
                    "kind": .text(row.kind.word),
                    "address": open(row.sealed, as: "contact"),
                    "verified_at": .moment(row.verifiedAt),
                ])
            })
    }

    func devices(on connection: inout Connection) throws(PostgreSQLError) -> ExportValue {
        .list(
            try DeviceRow.all(of: person.id, on: &connection).map { row in
                .members([
                    "id": .text("\(row.id)"),
                    "name": open(row.name, as: "device"),
                    "first_used_at": .moment(row.createdAt),
                    "last_used_at": .moment(row.lastUsedAt),
                ])
            })
    }

    func sessions(on connection: inout Connection) throws(PostgreSQLError) -> ExportValue {
        try ExportValue.list(Self.sessions, of: person.id, on: &connection) { rows, row in
            let id: SessionID = rows.identifier(row, 0)
            let device: DeviceID = rows.identifier(row, 1)
            let cause = rows.optionalInt(row, 10).flatMap {
                SessionRow.End(rawValue: Int16(clamping: $0))
            }
            return .members([
                "id": .text("\(id)"),
                "device": .text("\(device)"),
                "client": .text(rows.text(row, 2)),
                "scopes": .text(Scopes(rawValue: rows.int(row, 3)).text),
                "methods": Self.methods(rows.int(row, 4)),
                "authenticated_at": .moment(rows.moment(row, 5)),
                "created_at": .moment(rows.moment(row, 6)),
                "last_used_at": .moment(rows.moment(row, 7)),
                "expires_at": .moment(rows.moment(row, 8)),
                "ended_at": .moment(rows.optionalMoment(row, 9)),
                "end_cause": .text(cause?.word),
            ])
        }
    }

    func signIns(on connection: inout Connection) throws(PostgreSQLError) -> ExportValue {
        try ExportValue.list(Self.signIns, of: person.id, on: &connection) { rows, row in
            .members(
                device(rows, row) + [
                    ExportMember("methods", Self.methods(rows.int(row, 2))),
                    ExportMember("is_complete", .flag(rows.bool(row, 3))),
                    ExportMember("created_at", .moment(rows.moment(row, 4))),
                    ExportMember("expires_at", .moment(rows.moment(row, 5))),
                ])
        }
    }

    func authorizations(on connection: inout Connection) throws(PostgreSQLError) -> ExportValue {
        try ExportValue.list(Self.authorizations, of: person.id, on: &connection) { rows, row in
            .members(
                device(rows, row) + [
                    ExportMember("client", .text(rows.text(row, 2))),
                    ExportMember("scopes", .text(Scopes(rawValue: rows.int(row, 3)).text)),
                    ExportMember("authenticated_at", .moment(rows.moment(row, 4))),
                    ExportMember("expires_at", .moment(rows.moment(row, 5))),
                ])
        }
    }

    func codes(on connection: inout Connection) throws(PostgreSQLError) -> ExportValue {
        try ExportValue.list(Self.codes, of: person.id, on: &connection) { rows, row in
            let purpose = Verification.Purpose(rawValue: Int16(clamping: rows.int(row, 0)))
            return .members([
                "purpose": .text(purpose?.word),
                "sent_at": .moment(rows.moment(row, 1)),
                "expires_at": .moment(rows.moment(row, 2)),
                "used_at": .moment(rows.optionalMoment(row, 3)),
            ])
        }
    }

    func wallets(on connection: inout Connection) throws(PostgreSQLError) -> ExportValue {
        try ExportValue.list(Self.wallets, of: person.id, on: &connection) { rows, row in
            .members([
                "account": .text(rows.text(row, 0)),
                "currency": .text(rows.text(row, 1)),
                "opened_at": .moment(rows.moment(row, 2)),
            ])
        }
    }

    // MARK: - Inside

    private var own: Parameters { Parameters { $0.add(person.id) } }

    /// The device that a row begins with, and the name of one that is not kept as the person's yet.
    private func device(_ rows: borrowing Rows, _ row: Int) -> [ExportMember] {
        let device: DeviceID = rows.identifier(row, 0)
        return [
            ExportMember("device", .text("\(device)")),
            ExportMember("device_name", open(rows.optionalBytes(row, 1), as: "device")),
        ]
    }

    private static func methods(_ rawValue: Int64) -> ExportValue {
        let methods = AuthenticationMethods(rawValue: Int16(clamping: rawValue))
        return .list(methods.references.map { .text($0) })
    }

    /// None for nothing, and for what does not open.
    private func open(_ sealed: [UInt8]?, as field: String) -> ExportValue {
        .text(sealed: sealed, as: field, under: key)
    }
}

extension SessionRow.End {
    /// The word for it in an export.
    var word: String {
        switch self {
        case .signedOut: "signed_out"
        case .reuse: "reuse"
        case .passwordChanged: "password_changed"
        case .erased: "erased"
        case .byOperator: "by_operator"
        }
    }
}

extension Verification.Purpose {
    /// The word for it in an export.
    var word: String {
        switch self {
        case .registration: "registration"
        case .passwordReset: "password_reset"
        case .contact: "contact"
        }
    }
}
