/// On which channels a person wants what.
public struct NoticePreferences: Sendable, Equatable {
    private var chosen: [NoticeKind: NoticeChannels]

    /// What a person chose; for all else the defaults hold.
    public init(_ chosen: [NoticeKind: NoticeChannels] = [:]) { self.chosen = chosen }

    /// On which channels a notice of a kind goes out: what was chosen or else the default, and always those that cannot
    /// be switched off. None for kinds that go to a contact of their own.
    public func channels(for kind: NoticeKind) -> NoticeChannels {
        if kind.isForContact { return [] }
        return (chosen[kind] ?? Self.defaults(for: kind)).union(Self.fixed(for: kind))
    }

    /// Chooses for a kind.
    public mutating func choose(_ channels: NoticeChannels, for kind: NoticeKind) {
        chosen[kind] = channels
    }

    /// What cannot be switched off: of security, the list in the application and e-mail. An intruder who turns the
    /// notices off must not stay unseen.
    public static func fixed(for kind: NoticeKind) -> NoticeChannels {
        kind.isSecurity ? [.feed, .email] : []
    }

    /// What holds for who has chosen nothing. Nobody is sent text messages unasked: each costs money.
    public static func defaults(for kind: NoticeKind) -> NoticeChannels {
        switch kind {
        case .paymentSent, .requestExpired: .feed
        case .paymentReceived, .paymentHeld, .paymentChallenged, .paymentDeclined,
            .requestReceived, .requestPaid, .requestDeclined, .requestReminder, .requestCancelled,
            .peerKeyChanged:
            [.feed, .push]
        case .paymentReturned, .claimWaiting, .claimReturned, .scheduledPaymentFailed,
            .newDevice, .passwordChanged, .secondFactorChanged, .sessionEndedForReuse,
            .limitsChanged, .keyChanged, .contactChanged, .dataExported:
            [.feed, .push, .email]
        case .statementReady: [.feed, .email]
        case .verification, .alreadyRegistered, .notRegistered: []
        }
    }
}
