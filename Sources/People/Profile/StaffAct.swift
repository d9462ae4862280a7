internal import AuditTrail
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
    /// More was asked for than is allowed.
    case scopeRefused

    fileprivate var act: AuditAct {
        switch self {
        case .paymentReviewed: .paymentReviewed
        case .challengeAnswered: .challengeAnswered
        case .paymentLabelled: .paymentLabelled
        case .accountChanged: .limitsChanged
        case .accountFunded: .accountFunded
        case .policyChanged: .policyChanged
        case .scopeRefused: .scopeRefused
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
        let subject = Self.recorded(subject)
        try await enact { _, acts throws(PostgreSQLError) -> Answer<Void> in
            acts.add(
                .staffAsked, by: actor, on: subject, .succeeded,
                [("act", "\(staff.act)"), ("request", detail)])
            return .success(())
        }
    }

    /// Records what somebody did over everybody's, or tried to.
    ///
    /// - Parameters:
    ///   - actor: who: a person, a program, or one of the operator's keys.
    ///   - subject: what it was done to; empty if that is not one thing. A text from outside that is no identifier is not
    ///     recorded.
    ///   - detail: which of several things it was, as a path.
    ///   - isDone: whether it took place.
    public func record(
        _ staff: StaffAct, by actor: String, on subject: String, _ detail: String, isDone: Bool
    ) async {
        let subject = Self.recorded(subject)
        do throws(PeopleError) {
            try await enact { _, acts throws(PostgreSQLError) -> Answer<Void> in
                acts.add(
                    staff.act, by: actor, on: subject, isDone ? .succeeded : .refused,
                    [("request", detail)])
                return .success(())
            }
        } catch {
            logger.error("an act was not recorded", metadata: ["act": "\(staff.act)"])
        }
    }

    /// What is recorded of a subject that came from outside: nothing unless it is an identifier.
    private static func recorded(_ subject: String) -> String {
        let isIdentifier =
            subject.utf8.count <= 64
            && subject.utf8.allSatisfy {
                switch $0 {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
        return isIdentifier ? subject : ""
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
