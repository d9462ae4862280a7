/// Whether what was tried took place.
public enum AuditOutcome: UInt8, Sendable, CaseIterable {
    /// It took place.
    case succeeded = 1
    /// It was tried and refused.
    case refused = 2

    /// The word in exports.
    public var word: String {
        switch self {
        case .succeeded: "succeeded"
        case .refused: "refused"
        }
    }
}

/// One further fact about an act: a name and a text.
public struct AuditDetail: Hashable, Sendable {
    /// 1 to 64 characters from `a`–`z`, `0`–`9`, `_` and `.`.
    public let name: String
    /// At most 512 bytes of UTF-8 without control characters.
    public let text: String

    /// A fact; ``AuditRecord`` checks it.
    public init(_ name: String, _ text: String) {
        self.name = name
        self.text = text
    }
}

/// What is to be recorded: who did what to whom, and with what outcome. It becomes an ``AuditEntry`` once it has its
/// place in the log.
///
/// By contract it holds identifiers and codes only, never personal data: nothing can be taken out of the log again.
public struct AuditRecord: Hashable, Sendable {
    /// Who did it: a person's identifier, a key's name or `system`. 1 to 200 bytes.
    public let actor: String
    /// What was done.
    public let act: AuditAct
    /// What it was done to, such as a person's, a device's or an account's identifier. At most 200 bytes; empty if the
    /// act says it all.
    public let subject: String
    /// Whether it took place.
    public let outcome: AuditOutcome
    /// Further facts, in an order that is kept. At most 16, and no name twice.
    public let details: [AuditDetail]

    /// A record within the limits.
    ///
    /// - Throws: ``AuditError`` whose `isInvalid` is true, naming the field that breaks one.
    public init(
        actor: String, act: AuditAct, subject: String = "", outcome: AuditOutcome = .succeeded,
        details: [AuditDetail] = []
    ) throws(AuditError) {
        guard !actor.isEmpty else { throw .invalid("an entry without an actor") }
        for (field, text) in [("actor", actor), ("subject", subject)] {
            try Self.check(text, field, maximumBytes: AuditLimits.nameBytes)
        }
        guard details.count <= AuditLimits.details else {
            throw .invalid(
                "\(details.count) details: an entry has at most \(AuditLimits.details)")
        }
        for (index, detail) in details.enumerated() {
            guard AuditLimits.isWord(detail.name) else {
                throw .invalid("detail \(index) is not named by a word of a–z, 0–9, _ and .")
            }
            guard !details[..<index].contains(where: { $0.name == detail.name }) else {
                throw .invalid("the detail \(detail.name) is given twice")
            }
            try Self.check(
                detail.text, "detail \(detail.name)", maximumBytes: AuditLimits.detailBytes)
        }
        self.actor = actor
        self.act = act
        self.subject = subject
        self.outcome = outcome
        self.details = details
    }

    /// The text of a detail; nil if there is none of that name.
    public func detail(_ name: String) -> String? { details.first { $0.name == name }?.text }

    private static func check(
        _ text: String, _ field: String, maximumBytes: Int
    ) throws(AuditError) {
        guard text.utf8.count <= maximumBytes else {
            throw .invalid("\(field) has \(text.utf8.count) bytes: at most \(maximumBytes) fit")
        }
        guard AuditLimits.isPlain(text) else {
            throw .invalid("\(field) has a control character")
        }
    }
}
