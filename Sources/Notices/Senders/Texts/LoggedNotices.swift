internal import Identity
public import Logging

/// For development, in place of a channel of e-mail or text messages: writes codes to the log, and of addresses no more
/// than their owners need to know them by.
public struct LoggedNotices: NoticeSending {
    /// Which channel it stands for.
    public let channel: NoticeChannel
    private let logger: Logger

    /// Writes to `logger` what would go out on a channel.
    public init(_ channel: NoticeChannel, _ logger: Logger) {
        self.channel = channel
        self.logger = logger
    }

    /// Writes it.
    public func send(_ notice: OutgoingNotice) async -> DeliveryAnswer {
        guard case .contact(let point) = notice.target else {
            return .refused(code: "wrong_target")
        }
        var metadata: Logger.Metadata = [
            "to": "\(point.masked)", "about": "\(notice.content.kind.word)",
        ]
        for parameter in [NoticeParameter.code, .verification] {
            if let text = notice.content.parameters[parameter] {
                metadata[parameter.rawValue] = "\(text)"
            }
        }
        logger.notice("a notice was sent", metadata: metadata)
        return .delivered
    }
}
