internal import EventLog

/// How often strangers may be asked for money.
public struct AskingRule: Sendable {
    /// Most people that one request asks.
    public var shares = 20
    /// Open shares that one stranger may have from the same person: until they answer, or the two have paid each other.
    public var openPerStranger: Int64 = 1
    /// Shares that a person may ask of strangers within a day.
    public var strangersADay: Int64 = 10
    /// Shares that a person may ask of anybody within a day.
    public var sharesADay: Int64 = 100
    /// Least time between two reminders of a share, in seconds.
    public var reminderSeconds: Int64 = 86_400
    /// Most reminders of a share.
    public var reminders: Int16 = 3
    /// How long a request is open unless told, in seconds.
    public var lifeSeconds: Int64 = 14 * 86_400
    /// How long one may be open, in seconds.
    public var longestLifeSeconds: Int64 = 90 * 86_400

    /// The usual rule.
    public init() {}

    /// Seconds until a share may be called to mind again; 0 if it may now, nil if it was often enough.
    func wait(forReminder count: Int16, since askedAt: Timestamp, at now: Timestamp) -> Int64? {
        guard count < reminders else { return nil }
        let due = askedAt.adding(seconds: reminderSeconds)
        return due <= now ? 0 : (due.rawValue - now.rawValue + 999_999) / 1_000_000
    }
}
