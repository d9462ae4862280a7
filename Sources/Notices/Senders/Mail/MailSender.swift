internal import EventLog
internal import Identity
public import Outbound

/// Sends by e-mail, through a server that takes it for others.
public struct MailSender: NoticeSending {
    /// Which channel it serves.
    public let channel = NoticeChannel.email
    private let client: OutboundClient
    private let server: MailServer
    private let origin: MailOrigin

    /// - Parameters:
    ///   - client: One whose rules let it connect to the server.
    ///   - origin: Who it is from.
    public init(_ client: OutboundClient, server: MailServer, from origin: MailOrigin) {
        self.client = client
        self.server = server
        self.origin = origin
    }

    /// Sends a notice to an address.
    public func send(_ notice: OutgoingNotice) async -> DeliveryAnswer {
        guard case .contact(let point) = notice.target, point.kind == .email else {
            return .refused(code: "wrong_target")
        }
        let text = NoticeText(notice.content)
        // The moment of the occasion: a repetition is the same message.
        let message = MailMessage(
            from: origin, to: point, subject: text.title,
            body: "\(text.body)\n\n-- \nHoldfast\n", date: notice.createdAt,
            id: notice.id.description)
        let mail = MailSubmission(
            sender: origin.address.text, recipient: point.text, message: message.bytes)
        do throws(OutboundError) {
            return Self.answer(try await client.submit(mail, to: server))
        } catch { return DeliveryAnswer(error) }
    }

    /// RFC 5321, section 4.2.1. What concerns the session and not the message, such as credentials, is the operators' to
    /// mend: notices wait for it.
    static func answer(_ code: Int) -> DeliveryAnswer {
        switch code {
        case 200..<300: .delivered
        case 530, 534, 535, 538, 421, 400..<500: .later(code: "smtp_\(code)")
        default: .refused(code: "smtp_\(code)")
        }
    }
}
