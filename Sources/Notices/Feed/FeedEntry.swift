public import EventLog

/// A notice in a person's feed.
public struct FeedEntry: Sendable, Equatable {
    /// Which notice.
    public let id: NoticeID
    /// Its place: grows in the order in which notices came into the feed, so it is what a stream is resumed behind.
    public let number: Int64
    /// What it says.
    public let content: NoticeContent
    /// When what it tells of took place.
    public let createdAt: Timestamp
    /// When the person read it; nil if they have not.
    public let readAt: Timestamp?

    /// It in words.
    public var text: NoticeText { NoticeText(content) }
}
