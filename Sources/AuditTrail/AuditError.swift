public import PostgreSQL

/// Why something could not be recorded, signed, proved or read.
///
/// Breaches of the log are no errors: ``AuditVerifier`` and the proofs return them as values. Functions that work on a
/// caller's own connection and do nothing but that throw the connection's `PostgreSQLError`, so that they fit into a
/// caller's transaction without being translated.
public struct AuditError: Error, Sendable, Equatable, CustomStringConvertible {
    private enum Kind: Sendable, Equatable {
        case invalid
        case malformed
        case missing
        case keyFile
        case stopped
        case database(PostgreSQLError)
    }
    private var kind: Kind
    /// A sentence that says what is wrong.
    public var description: String

    private init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }

    /// What was to be recorded breaks a rule of ``AuditRecord``; nothing was written.
    static func invalid(_ description: String) -> AuditError { AuditError(.invalid, description) }
    /// A text is not what it should be an export of.
    static func malformed(_ description: String) -> AuditError {
        AuditError(.malformed, description)
    }
    /// There is no such entry or head, or not yet.
    static func missing(_ description: String) -> AuditError { AuditError(.missing, description) }
    /// The signing key cannot be had from its file.
    static func keyFile(_ path: String, _ cause: String) -> AuditError {
        AuditError(.keyFile, "\(path) \(cause)")
    }
    /// The writer was stopped before this was written; it is not in the log.
    static let stopped = AuditError(.stopped, "the audit writer is stopped; this was not recorded")
    /// The database could not be reached or failed.
    public static func database(_ error: PostgreSQLError) -> AuditError {
        AuditError(.database(error), "\(error)")
    }

    /// Whether what was to be recorded breaks a rule; asking again will not help.
    public var isInvalid: Bool { kind == .invalid }
    /// Whether a text could not be read as an export.
    public var isMalformed: Bool { kind == .malformed }
    /// Whether there is no such entry or head.
    public var isMissing: Bool { kind == .missing }
    /// Whether the key's file is in the way.
    public var isKeyFile: Bool { kind == .keyFile }
    /// Whether the writer was stopped first.
    public var isStopped: Bool { kind == .stopped }
    /// What the database said, if it is to blame.
    public var databaseError: PostgreSQLError? {
        guard case .database(let error) = kind else { return nil }
        return error
    }
}
