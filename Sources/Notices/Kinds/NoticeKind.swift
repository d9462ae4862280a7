/// What a notice is about. Raw values are the database's.
public enum NoticeKind: Int16, Sendable, CaseIterable {
    case paymentReceived = 1
    case paymentSent = 2
    case paymentHeld = 3
    case paymentChallenged = 4
    case paymentDeclined = 5
    case paymentReturned = 6
    case requestReceived = 10
    case requestPaid = 11
    case requestDeclined = 12
    case requestReminder = 13
    case requestCancelled = 14
    case requestExpired = 15
    case claimWaiting = 20
    case claimReturned = 21
    case scheduledPaymentFailed = 25
    case newDevice = 30
    case passwordChanged = 31
    case secondFactorChanged = 32
    case sessionEndedForReuse = 33
    case limitsChanged = 34
    case keyChanged = 35
    case contactChanged = 36
    case dataExported = 37
    case peerKeyChanged = 38
    case statementReady = 40
    case verification = 50
    case alreadyRegistered = 51
    case notRegistered = 52

    /// The stable word for it, as JSON has it.
    public var word: String {
        switch self {
        case .paymentReceived: "payment_received"
        case .paymentSent: "payment_sent"
        case .paymentHeld: "payment_held"
        case .paymentChallenged: "payment_challenged"
        case .paymentDeclined: "payment_declined"
        case .paymentReturned: "payment_returned"
        case .requestReceived: "request_received"
        case .requestPaid: "request_paid"
        case .requestDeclined: "request_declined"
        case .requestReminder: "request_reminder"
        case .requestCancelled: "request_cancelled"
        case .requestExpired: "request_expired"
        case .claimWaiting: "claim_waiting"
        case .claimReturned: "claim_returned"
        case .scheduledPaymentFailed: "scheduled_payment_failed"
        case .newDevice: "new_device"
        case .passwordChanged: "password_changed"
        case .secondFactorChanged: "second_factor_changed"
        case .sessionEndedForReuse: "session_ended_for_reuse"
        case .limitsChanged: "limits_changed"
        case .keyChanged: "key_changed"
        case .peerKeyChanged: "peer_key_changed"
        case .contactChanged: "contact_changed"
        case .dataExported: "data_exported"
        case .statementReady: "statement_ready"
        case .verification: "verification"
        case .alreadyRegistered: "already_registered"
        case .notRegistered: "not_registered"
        }
    }

    private static let byWord = Dictionary(
        uniqueKeysWithValues: allCases.map { ($0.word, $0) })

    /// The kind of a word; nil if it is not one.
    public init?(word: String) {
        guard let kind = Self.byWord[word] else { return nil }
        self = kind
    }

    /// Whether it tells of a change to how an account is protected: whoever made it may not be the account's owner, so
    /// it cannot be switched off.
    public var isSecurity: Bool {
        switch self {
        case .newDevice, .passwordChanged, .secondFactorChanged, .sessionEndedForReuse,
            .limitsChanged, .keyChanged, .contactChanged, .dataExported:
            true
        default: false
        }
    }

    /// Whether it only ever goes to a contact that it names itself: it belongs to the way in, not to the account.
    public var isForContact: Bool {
        switch self {
        case .verification, .alreadyRegistered, .notRegistered: true
        default: false
        }
    }

    /// How soon it should be seen.
    public var urgency: NoticeUrgency {
        switch self {
        case .verification, .paymentChallenged, .newDevice, .passwordChanged,
            .secondFactorChanged, .sessionEndedForReuse, .contactChanged:
            .high
        case .statementReady, .requestReminder, .requestExpired: .low
        default: .normal
        }
    }

    /// Seconds after which nobody is to be told any more: a code that has run out only confuses.
    public var lifeSeconds: Int64 { self == .verification ? 600 : 3 * 86_400 }
}

/// How soon something should be seen: whether it may wake a device that sleeps.
public enum NoticeUrgency: Sendable {
    case low
    case normal
    case high
}
