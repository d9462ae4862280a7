internal import Identity

/// Why somebody is not let in, or something about a person is not changed.
public struct PeopleError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What kind of answer it is.
    public enum Kind: Sendable, Equatable {
        /// What was given cannot be right.
        case invalid
        /// Who asks is not known, or no longer.
        case unauthenticated
        /// Who asks is known but may not.
        case forbidden
        case notFound
        /// Something else is in its place.
        case conflict
        /// Too many attempts: wait.
        case tooMany
        /// The database is out of reach, or too much is asked of it.
        case unavailable
    }
    /// What kind of answer it is.
    public let kind: Kind
    /// A stable word for programs.
    public let code: String
    /// A sentence for people.
    public let detail: String
    /// Name of the field that is to blame.
    public var field: String?
    /// Seconds after which it is worth trying again.
    public var retryAfterSeconds: Int64?
    /// What only the audit log is to know of it.
    package var facts = RefusalFacts()

    package init(
        _ kind: Kind, _ code: String, _ detail: String, field: String? = nil,
        retryAfterSeconds: Int64? = nil
    ) {
        self.kind = kind
        self.code = code
        self.detail = detail
        self.field = field
        self.retryAfterSeconds = retryAfterSeconds
    }

    /// Whether whoever is refused is told the same.
    public static func == (one: PeopleError, other: PeopleError) -> Bool {
        one.kind == other.kind && one.code == other.code && one.detail == other.detail
            && one.field == other.field && one.retryAfterSeconds == other.retryAfterSeconds
    }

    /// The code and the sentence.
    public var description: String { "\(code): \(detail)" }

    package static let outOfReach = PeopleError(
        .unavailable, "unavailable", "the database is out of reach; nothing was changed",
        retryAfterSeconds: 1)
    static let outcomeUnknown = PeopleError(
        .unavailable, "outcome_unknown",
        "the connection to the database broke while this was being written: it may have taken place; "
            + "look before it is asked for again",
        retryAfterSeconds: 1)
    static let busy = PeopleError(
        .tooMany, "busy", "too many people sign in at once", retryAfterSeconds: 2)
    static let wrongCredentials = PeopleError(
        .unauthenticated, "wrong_credentials", "nobody of this name has this password")
    static let wrongCode = PeopleError(
        .invalid, "wrong_code", "the code is wrong, was used, or has expired", field: "code")
    static let signInExpired = PeopleError(
        .unauthenticated, "sign_in_required", "no sign-in is under way: begin again")
    static let sessionEnded = PeopleError(
        .unauthenticated, "session_ended", "this session was ended")
    static let stepUpRequired = PeopleError(
        .forbidden, "step_up_required",
        "show again who you are at /v1/me/step-up, then repeat this")
    static let handleTaken = PeopleError(
        .conflict, "handle_taken", "this handle is somebody else's", field: "handle")
    static let contactTaken = PeopleError(
        .conflict, "contact_taken", "this address or number already belongs to somebody")
    package static let unknownPerson = PeopleError(
        .notFound, "unknown_person", "there is no such person")

    static let unknownPasskey = PeopleError(
        .notFound, "unknown_passkey", "there is no such passkey of yours")
    static let wrongPasskey = PeopleError(
        .unauthenticated, "wrong_passkey",
        "the answer is not to what was asked, or not by a passkey that is known")
    /// Nobody asked it, or it was answered before, or too long ago.
    static let unaskedPasskey = wrongPasskey.noting(because: "no_such_question")
    static let passkeysUnavailable = PeopleError(
        .invalid, "passkeys_unavailable",
        "passkeys are of a domain, and this service's address has none: it must be served under a name"
    )

    static func tooManyAttempts(_ seconds: Int64) -> PeopleError {
        PeopleError(
            .tooMany, "too_many_attempts",
            "too many attempts: try again in \(seconds) s", retryAfterSeconds: seconds)
    }

    static func weak(_ weakness: PasswordRule.Weakness) -> PeopleError {
        PeopleError(.invalid, weakness.code, weakness.description, field: "password")
    }
}
