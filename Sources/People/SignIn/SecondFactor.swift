internal import EventLog
internal import Identity
internal import PostgreSQL
internal import Vault

/// A second factor that is shown.
public enum SecondFactor: Sendable, Equatable {
    /// Six digits of an authenticator application.
    case timeBasedCode(String)
    /// One of the codes that were written down.
    case recoveryCode(String)

    var method: AuthenticationMethods {
        switch self {
        case .timeBasedCode: .timeBasedCode
        case .recoveryCode: .recoveryCode
        }
    }

    private static let took = Statement(
        "people.totp.took", "UPDATE person SET totp_step = $2 WHERE id = $1")
    private static let recover = Statement(
        "people.recovery_code.use",
        """
        UPDATE recovery_code SET used_at = $3 WHERE person_id = $1 AND digest = $2 AND used_at IS NULL
        RETURNING true
        """)

    /// Takes it, once, and counts the attempt. False if it is not right; refused if it is too early for another.
    ///
    /// - Parameter person: locked.
    func judge(
        of person: PersonRow, _ keyring: Keyring, _ lookupKey: LookupKey, at now: Timestamp,
        on connection: inout Connection
    ) throws(PostgreSQLError) -> Result<Bool, PeopleError> {
        try Attempts(secondFactorOf: person.id, lookupKey).judge(at: now, on: &connection) {
            connection throws(PostgreSQLError) in
            try take(of: person, keyring, at: now, on: &connection)
        }
    }

    /// Takes it, once. Returns false if it is not right.
    ///
    /// - Parameter person: locked.
    private func take(
        of person: PersonRow, _ keyring: Keyring, at now: Timestamp,
        on connection: inout Connection
    ) throws(PostgreSQLError) -> Bool {
        switch self {
        case .timeBasedCode(let code):
            guard person.totpConfirmedAt != nil,
                let codes = person.timeBasedCodes(keyring),
                let step = codes.step(of: code, at: now, after: person.totpStep)
            else { return false }
            _ = try connection.query(
                Self.took,
                Parameters {
                    $0.add(person.id)
                    $0.add(step)
                })
            return true
        case .recoveryCode(let code):
            guard let digest = RecoveryCode.digest(code) else { return false }
            return try !connection.query(
                Self.recover,
                Parameters {
                    $0.add(person.id)
                    $0.add(digest)
                    $0.add(now)
                }
            ).isEmpty
        }
    }
}

extension PersonRow {
    /// What the person may show beside a password.
    var factors: [String] {
        var factors: [String] = []
        if totpConfirmedAt != nil { factors.append("totp") }
        if passkeys > 0 { factors.append("passkey") }
        return factors.isEmpty ? [] : factors + ["recovery_code"]
    }

    /// The codes of the person's authenticator application; nil without one.
    func timeBasedCodes(_ keyring: Keyring) -> TimeBasedCodes? {
        guard let totp, let key = try? dataKey(keyring),
            let secret = try? key.open(totp, as: "totp")
        else { return nil }
        return TimeBasedCodes(secret: secret)
    }
}
