/// A way on which notices reach people. Raw values are the database's.
public enum NoticeChannel: Int16, Sendable, CaseIterable {
    /// The list in the application, and its live stream.
    case feed = 1
    /// Web Push (RFC 8030).
    case webPush = 2
    /// Apple's push notification service.
    case apns = 3
    /// Firebase Cloud Messaging.
    case fcm = 4
    /// E-mail.
    case email = 5
    /// Text message to a telephone.
    case text = 6

    /// The stable word for it, as JSON has it.
    public var word: String {
        switch self {
        case .feed: "feed"
        case .webPush: "web_push"
        case .apns: "apns"
        case .fcm: "fcm"
        case .email: "email"
        case .text: "text"
        }
    }

    /// The channel of a word; nil if it is not one.
    public init?(word: String) {
        guard let channel = Self.allCases.first(where: { $0.word == word }) else { return nil }
        self = channel
    }
}

/// Some of the channels.
public struct NoticeChannels: OptionSet, Hashable, Sendable {
    /// One bit a channel; the database has it.
    public let rawValue: Int16
    /// The channels of these bits.
    public init(rawValue: Int16) { self.rawValue = rawValue }
    /// One channel.
    public init(_ channel: NoticeChannel) { self.init(rawValue: 1 << (channel.rawValue - 1)) }

    /// The list in the application.
    public static let feed = NoticeChannels(.feed)
    /// Web Push, APNs and FCM.
    public static let push: NoticeChannels = [
        NoticeChannels(.webPush), NoticeChannels(.apns), NoticeChannels(.fcm),
    ]
    /// E-mail.
    public static let email = NoticeChannels(.email)
    /// Text message.
    public static let text = NoticeChannels(.text)
    /// All there are.
    public static let all: NoticeChannels = [.feed, .push, .email, .text]

    /// Whether a channel is among them.
    public func contains(_ channel: NoticeChannel) -> Bool { contains(NoticeChannels(channel)) }

    /// Each of them, by raw value.
    public var each: [NoticeChannel] { NoticeChannel.allCases.filter { contains($0) } }
}
