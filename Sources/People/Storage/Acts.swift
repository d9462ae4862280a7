package import AuditTrail
internal import EventLog
package import Identity
package import Notices

/// What a transaction did that the audit log is to know, and whom it tells of it.
package struct Acts: Sendable {
    private(set) var records: [AuditRecord] = []
    private(set) var notices: [NewNotice] = []

    /// Tells somebody of what is done.
    package mutating func tell(_ notice: NewNotice) { notices.append(notice) }

    /// Tells a person of something that happens to them once: `occasion` names it.
    package mutating func tell(_ person: PersonID, _ content: NoticeContent, once occasion: String)
    {
        tell(NewNotice(to: .person(person), content, occasion: occasion))
    }

    /// - Parameters:
    ///   - actor: who did it: a person's identifier, a client or key, or `nobody` who is known.
    ///   - subject: what it was done to.
    package mutating func add(
        _ act: AuditAct, by actor: String, on subject: String,
        _ outcome: AuditOutcome = .succeeded, _ details: [(String, String)] = []
    ) {
        // Whatever is written down of what came from outside, it is written down.
        let subject = String(decoding: subject.utf8.prefix(200), as: UTF8.self)
        do throws(AuditError) {
            records.append(
                try AuditRecord(
                    actor: actor, act: act, subject: subject, outcome: outcome,
                    details: details.map { AuditDetail($0.0, $0.1) }))
        } catch {
            // Identifiers and the program's own words are always within the limits.
            preconditionFailure("\(error)")
        }
    }

    /// What was made elsewhere.
    mutating func add(_ record: AuditRecord) { records.append(record) }

    package mutating func add(
        _ act: AuditAct, by person: PersonID, on subject: String = "",
        _ outcome: AuditOutcome = .succeeded, _ details: [(String, String)] = []
    ) {
        add(act, by: "\(person)", on: subject, outcome, details)
    }
}

extension AuditAct {
    package static func word(_ text: String) -> AuditAct {
        guard let act = AuditAct(rawValue: text) else { preconditionFailure("\(text) is a word") }
        return act
    }

    /// Somebody registered.
    static let personRegistered = word("person.registered")
    /// Somebody was given another role.
    static let roleChanged = word("person.role_changed")
    /// A person showed again who they are, or tried to.
    static let sessionProved = word("session.proved")
    /// A refresh token or code was shown a second time.
    static let tokenReused = word("token.reused")
    /// An address or number was added.
    static let contactAdded = word("contact.added")
    /// An address or number was taken away.
    static let contactRemoved = word("contact.removed")
    /// A second factor was added.
    static let factorAdded = word("factor.added")
    /// A second factor was taken away.
    static let factorRemoved = word("factor.removed")
    /// Recovery codes were replaced.
    static let recoveryCodesReplaced = word("factor.recovery_codes_replaced")
    /// A payer confirmed a payment that was challenged, or tried to.
    static let paymentConfirmed = word("payment.confirmed")
    /// A program was registered.
    static let clientRegistered = word("client.registered")
    /// A program was ended.
    static let clientEnded = word("client.ended")
}
