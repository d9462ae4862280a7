internal import Cryptography
public import EventLog
public import Outbound

/// Sends by Web Push (RFC 8030), encrypted for the browser alone (RFC 8291), to whichever push service the browser named.
public struct WebPushSender: NoticeSending {
    /// Which channel it serves.
    public let channel = NoticeChannel.webPush
    private let client: OutboundClient
    private let key: VAPIDKey
    private let tokens = TokenCache()
    private let clock: @Sendable () -> Timestamp

    /// - Parameters:
    ///   - client: One whose rules refuse addresses that are not public: anybody can name any endpoint.
    ///   - clock: Gives the moment.
    public init(
        _ client: OutboundClient, key: VAPIDKey, clock: @escaping @Sendable () -> Timestamp
    ) {
        self.client = client
        self.key = key
        self.clock = clock
    }

    /// Sends a notice to a browser.
    public func send(_ notice: OutgoingNotice) async -> DeliveryAnswer {
        guard case .device(.webPush(let subscription)) = notice.target,
            let origin = WebOrigin(of: subscription.endpoint, allowsPlainText: true)
        else { return .refused(code: "wrong_target") }
        let now = clock()
        guard let payload = JSONText.encode(PushPayload(notice)),
            let body = PushEncryption.encrypt(payload, for: subscription)
        else { return .refused(code: "too_long") }
        guard let authorization = authorization(for: origin, at: now) else {
            return .refused(code: "unsigned")
        }
        let request = WebRequest(
            .post, subscription.endpoint,
            fields: [
                .init("Content-Type", "application/octet-stream"),
                .init("Content-Encoding", "aes128gcm"),
                .init("TTL", String(notice.lifeSeconds(at: now))),
                .init("Urgency", notice.content.kind.urgency.word),
                .init("Topic", Self.topic(of: notice.id)),
                .init("Authorization", authorization),
            ], body: body)
        do throws(OutboundError) { return Self.answer(try await client.send(request)) } catch {
            return DeliveryAnswer(error)
        }
    }

    /// At most 32 characters of Base64url (RFC 8030, section 5.4): a message that waits is replaced by one with the same
    /// topic, so that a repetition does not come twice.
    static func topic(of id: NoticeID) -> String {
        Base64URL.encode(
            withUnsafeBytes(of: (id.uuid.high.bigEndian, id.uuid.low.bigEndian)) { Array($0) })
    }

    /// RFC 8030, sections 5 and 7.3: 404 and 410 end a subscription.
    static func answer(_ answer: WebAnswer) -> DeliveryAnswer {
        switch answer.status {
        case 404, 410: .gone(code: "status_\(answer.status)")
        case 413: .refused(code: "too_long")
        default: DeliveryAnswer(status: answer)
        }
    }

    private func authorization(for origin: WebOrigin, at now: Timestamp) -> String? {
        if let known = tokens.token(for: origin.text, at: now) { return known }
        guard let new = key.authorization(for: origin, at: now) else { return nil }
        tokens.keep(
            new, for: origin.text, at: now, renewAt: now.adding(seconds: VAPIDKey.lifeSeconds / 2))
        return new
    }
}

extension NoticeUrgency {
    /// The word of RFC 8030, section 5.3.
    fileprivate var word: String {
        switch self {
        case .low: "low"
        case .normal: "normal"
        case .high: "high"
        }
    }
}
