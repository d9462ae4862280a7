internal import EventLog
internal import Identity
internal import PostgreSQL
internal import Vault

/// A code that was sent, and what happens when it comes back.
struct Verification: Sendable {
    /// What a code is for. Raw values are the database's.
    enum Purpose: Int16, Sendable {
        case registration = 1
        case passwordReset = 2
        case contact = 3
    }
    /// Tries at one code.
    private static let tries: Int16 = 5
    private static let lifeSeconds: Int64 = 600
    /// Codes of one purpose that go to one contact within an hour: who registers with somebody's address does not keep
    /// them from a new password.
    static let codesAnHour: Int64 = 5
    /// Codes of all purposes; more would be a nuisance to the contact's owner.
    static let allCodesAnHour: Int64 = 12

    let id: VerificationID
    var purpose: Purpose
    /// Of the contact that the code went to.
    var lookup: [UInt8]
    /// Whose it is; nil for somebody not registered yet, or not known.
    var person: PersonID?
    /// Nil if no code is right.
    var code: OneTimeCode?
    /// What is to be done, sealed under a key of its own.
    var payload: [UInt8]?
    var key: WrappedKey?
    let createdAt: Timestamp

    var expiresAt: Timestamp { createdAt.adding(seconds: Self.lifeSeconds) }

    init(_ purpose: Purpose, _ lookup: [UInt8], at now: Timestamp) {
        id = VerificationID(at: now)
        self.purpose = purpose
        self.lookup = lookup
        createdAt = now
    }

    private static let recent = Statement(
        "people.verification.recent",
        """
        SELECT count(*) FILTER (WHERE purpose = $3::int), count(*) FROM verification
        WHERE lookup = $1 AND created_at > $2
        """)
    private static let insert = Statement(
        "people.verification.insert",
        """
        INSERT INTO verification (id, purpose, lookup, person_id, code, master_key, data_key,
            payload, created_at, expires_at)
        VALUES ($1, $2::int, $3, $4, $5, $6, $7, $8, $9, $10)
        """)
    private static let read = Statement(
        "people.verification.read",
        """
        SELECT lookup, person_id, code, master_key, data_key, payload, failures, expires_at, used_at
        FROM verification WHERE id = $1 AND purpose = $2::int FOR UPDATE
        """)
    private static let fail = Statement(
        "people.verification.fail",
        "UPDATE verification SET failures = failures + 1 WHERE id = $1")
    private static let use = Statement(
        "people.verification.use",
        """
        UPDATE verification SET used_at = $2, payload = NULL, master_key = NULL, data_key = NULL
        WHERE id = $1
        """)

    /// Keeps it. Returns false instead if too many codes went to the contact of late.
    func insert(on connection: inout Connection) throws(PostgreSQLError) -> Bool {
        let recent = try connection.query(
            Self.recent,
            Parameters {
                $0.add(lookup)
                $0.add(createdAt.adding(seconds: -3_600))
                $0.add(purpose.rawValue)
            })
        guard recent.int(0, 0) < Self.codesAnHour, recent.int(0, 1) < Self.allCodesAnHour else {
            return false
        }
        _ = try connection.query(
            Self.insert,
            Parameters {
                $0.add(id)
                $0.add(purpose.rawValue)
                $0.add(lookup)
                $0.add(person)
                $0.add(code.map { OneTimeCode.digest($0.digits, of: id) })
                $0.add(key?.masterKey)
                $0.add(key?.bytes)
                $0.add(payload)
                $0.add(createdAt)
                $0.add(expiresAt)
            })
        return true
    }

    /// What a right code opens.
    struct Opened: Sendable {
        let lookup: [UInt8]
        let person: PersonID?
        let payload: [UInt8]?
        let key: WrappedKey?
    }

    /// Takes a code, once. Refused, and one try less, if it is not right.
    static func take(
        _ id: VerificationID, for purpose: Purpose, _ digits: String, at now: Timestamp,
        on connection: inout Connection
    ) throws(PostgreSQLError) -> Result<Opened, PeopleError> {
        let rows = try connection.query(
            read,
            Parameters {
                $0.add(id)
                $0.add(purpose.rawValue)
            })
        func refuse(_ cause: String?, of person: PersonID? = nil) -> Result<Opened, PeopleError> {
            .failure(.wrongCode.noting(because: cause, of: person, on: "\(id)"))
        }
        guard !rows.isEmpty else { return refuse("unknown_code") }
        let person: PersonID? = rows.optionalIdentifier(0, 1)
        guard rows.optionalMoment(0, 8) == nil else { return refuse("used_code", of: person) }
        guard rows.moment(0, 7) > now else { return refuse("expired_code", of: person) }
        guard rows.int(0, 6) < Self.tries else { return refuse("too_many_tries", of: person) }
        guard let code = rows.optionalBytes(0, 2),
            code == OneTimeCode.digest(digits, of: id)
        else {
            _ = try connection.query(fail, Parameters { $0.add(id) })
            return refuse(nil, of: person)
        }
        let opened = Opened(
            lookup: rows.bytes(0, 0), person: person, payload: rows.optionalBytes(0, 5),
            key: rows.wrappedKey(0, 3))
        _ = try connection.query(
            use,
            Parameters {
                $0.add(id)
                $0.add(now)
            })
        return .success(opened)
    }
}
