public import EventLog
public import Identity

/// A notice on its way to one target.
public struct OutgoingNotice: Sendable, Equatable {
    /// Which notice: the same for all its targets and attempts, so that a provider or a device can tell a repetition.
    public let id: NoticeID
    /// What it says.
    public let content: NoticeContent
    /// Where it goes.
    public let target: DeliveryTarget
    /// When what it tells of took place.
    public let createdAt: Timestamp
    /// Until when it is of use.
    public let expiresAt: Timestamp

    /// A notice for a target.
    public init(
        id: NoticeID, content: NoticeContent, target: DeliveryTarget, createdAt: Timestamp,
        expiresAt: Timestamp
    ) {
        self.id = id
        self.content = content
        self.target = target
        self.createdAt = createdAt
        self.expiresAt = expiresAt
    }

    /// Seconds that it is still of use; at least 0.
    func lifeSeconds(at now: Timestamp) -> Int64 {
        max(0, (expiresAt.rawValue - now.rawValue) / 1_000_000)
    }
}

/// Where one copy of a notice goes.
public enum DeliveryTarget: Sendable, Equatable {
    /// A device.
    case device(PushAddress)
    /// An e-mail address or a telephone.
    case contact(ContactPoint)
}

/// Sends notices on one channel.
public protocol NoticeSending: Sendable {
    /// Which one.
    var channel: NoticeChannel { get }
    /// Sends a notice, or says what is in the way; within a minute in any case. Called again with the same notice and
    /// target if it is not known whether it arrived.
    func send(_ notice: OutgoingNotice) async -> DeliveryAnswer
}
