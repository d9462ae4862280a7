package import AuditTrail
internal import PostgreSQL

/// Something that staff or a program does over everybody's, and that the audit log is to know.
public enum StaffAct: Sendable {
    /// A held payment was released or declined.
    case paymentReviewed
    /// It was said whether the payer of a challenged payment passed.
    case challengeAnswered
    /// What became known of a payment was recorded.
    case paymentLabelled
    /// An account was opened, frozen or limited.
    case accountChanged
    /// Money was brought in.
    case accountFunded
    /// A model, rules or lists were changed.
    case policyChanged

    package var act: AuditAct {
        switch self {
        case .paymentReviewed: .paymentReviewed
        case .challengeAnswered: .challengeAnswered
        case .paymentLabelled: .paymentLabelled
        case .accountChanged: .limitsChanged
        case .accountFunded: .accountFunded
        case .policyChanged: .policyChanged
        }
    }
}

extension People {
    /// Records that somebody is about to do something over everybody's: in a transaction before it, for what is done is
    /// committed by the ledger, in one of its own. Should this process be killed between the two, it stands there
    /// without an outcome.
    ///
    /// - Throws: ``PeopleError`` if it cannot be recorded: then it must not be done.
    public func recordAsked(
        _ staff: StaffAct, by actor: String, on subject: String, _ detail: String
    ) async throws(PeopleError) {
        let subject = isIdentifier(subject) ? subject : ""
        try await enact { _, acts throws(PostgreSQLError) -> Answer<Void> in
            acts.add(
                .staffAsked, by: actor, on: subject, .succeeded,
                [("act", "\(staff.act)"), ("request", detail)])
            return .success(())
        }
    }

    /// Records what somebody did over everybody's.
    ///
    /// - Parameters:
    ///   - actor: who: a person, a program, or one of the operator's keys.
    ///   - subject: what it was done to; empty if that is not one thing. A text from outside that is no identifier is not
    ///     recorded.
    ///   - detail: which of several things it was, as a path.
    public func record(
        _ staff: StaffAct, by actor: String, on subject: String, _ detail: String
    ) async {
        let subject = isIdentifier(subject) ? subject : ""
        do throws(PeopleError) {
            try await enact { _, acts throws(PostgreSQLError) -> Answer<Void> in
                acts.add(staff.act, by: actor, on: subject, .succeeded, [("request", detail)])
                return .success(())
            }
        } catch {
            logger.error("an act was not recorded", metadata: ["act": "\(staff.act)"])
        }
    }
}

extension AuditAct {
    /// Somebody asked for something over everybody's; what came of it follows.
    static let staffAsked = word("staff.asked")
    /// It was said whether the payer of a challenged payment passed.
    static let challengeAnswered = word("payment.challenge_answered")
    /// What became known of a payment was recorded.
    static let paymentLabelled = word("payment.labelled")
    /// Money was brought in.
    static let accountFunded = word("account.funded")
}
