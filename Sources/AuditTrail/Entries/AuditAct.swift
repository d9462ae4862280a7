/// What was done, as a dotted word such as `session.started`.
///
/// The acts of this service are constants; a further one can be made of any word of 1 to 64 characters from `a`–`z`,
/// `0`–`9`, `_` and `.`, so that a log written by a newer build can be read, verified and proved by an older one.
public struct AuditAct: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// The word.
    public let rawValue: String

    /// An act by its word; nil if that has other characters, or is empty or too long.
    public init?(rawValue: String) {
        guard AuditLimits.isWord(rawValue) else { return nil }
        self.rawValue = rawValue
    }

    init(_ word: StaticString) { rawValue = "\(word)" }

    /// The word.
    public var description: String { rawValue }
}

extension AuditAct {
    /// Somebody signed in.
    public static let sessionStarted = AuditAct("session.started")
    /// A session was ended, by its owner or by time.
    public static let sessionEnded = AuditAct("session.ended")
    /// A sign-in was refused. Its outcome is ``AuditOutcome/refused``.
    public static let signInRefused = AuditAct("session.sign_in_refused")
    /// A password was set or changed.
    public static let passwordChanged = AuditAct("password.changed")
    /// A device was added to a person's devices.
    public static let deviceAdded = AuditAct("device.added")
    /// A device was taken away from a person's devices.
    public static let deviceRemoved = AuditAct("device.removed")
    /// A key was made.
    public static let keyCreated = AuditAct("key.created")
    /// A key was replaced by another.
    public static let keyRotated = AuditAct("key.rotated")
    /// A key was made worthless.
    public static let keyRevoked = AuditAct("key.revoked")
    /// A key asked for more than it is allowed.
    public static let scopeRefused = AuditAct("scope.refused")
    /// A person decided about a held payment.
    public static let paymentReviewed = AuditAct("payment.reviewed")
    /// A payment was refused.
    public static let paymentRefused = AuditAct("payment.refused")
    /// Caps, overdraft or freezes of an account were changed.
    public static let limitsChanged = AuditAct("limits.changed")
    /// Rules or lists were changed.
    public static let policyChanged = AuditAct("policy.changed")
    /// A person's keys of personal data were destroyed.
    public static let personErased = AuditAct("person.erased")
    /// Events were committed to the ledger's log, named by their sequences; see ``LedgerReference``.
    public static let ledgerCommitted = AuditAct("ledger.committed")
}
