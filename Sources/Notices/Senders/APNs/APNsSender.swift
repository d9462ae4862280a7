public import EventLog
public import Outbound

/// Sends by Apple's push notification service, over HTTP/2 (Apple, "Sending notification requests to APNs").
public struct APNsSender: NoticeSending {
    /// Which channel it serves.
    public let channel = NoticeChannel.apns
    private let client: OutboundClient
    private let key: APNsKey
    private let topic: String
    private let origin: String
    private let tokens = TokenCache()
    private let clock: @Sendable () -> Timestamp

    /// Where production applications are served.
    public static let production = "https://api.push.apple.com"
    /// Where applications under development are served.
    public static let sandbox = "https://api.sandbox.push.apple.com"

    private static let subject = "provider"

    /// - Parameters:
    ///   - client: One whose rules require HTTP/2.
    ///   - topic: The application's bundle identifier.
    ///   - origin: ``production``, ``sandbox``, or what stands in for them.
    ///   - clock: Gives the moment.
    public init(
        _ client: OutboundClient, key: APNsKey, topic: String, origin: String = production,
        clock: @escaping @Sendable () -> Timestamp
    ) {
        self.client = client
        self.key = key
        self.topic = topic
        self.origin = origin
        self.clock = clock
    }

    /// Sends a notice to a device.
    public func send(_ notice: OutgoingNotice) async -> DeliveryAnswer {
        guard case .device(.apns(let device)) = notice.target else {
            return .refused(code: "wrong_target")
        }
        let now = clock()
        guard let token = token(at: now), let body = JSONText.encode(Payload(notice)) else {
            return .refused(code: "unsigned")
        }
        let isUrgent = notice.content.kind.urgency != .low
        let request = WebRequest(
            .post, "\(origin)/3/device/\(device.text)",
            fields: [
                .init("authorization", "bearer \(token)"),
                .init("apns-topic", topic),
                .init("apns-push-type", "alert"),
                // The same for a repetition; one that waits or is shown is replaced.
                .init("apns-id", notice.id.description),
                .init("apns-collapse-id", notice.id.description),
                .init("apns-expiration", String(notice.expiresAt.rawValue / 1_000_000)),
                .init("apns-priority", isUrgent ? "10" : "5"),
                .init("content-type", "application/json"),
            ], body: body)
        do throws(OutboundError) {
            let answer = Self.answer(try await client.send(request))
            if case .later(Self.expired, _) = answer {
                tokens.drop(
                    token, for: Self.subject, ifOlderThan: APNsKey.shortestSeconds, at: now)
            }
            return answer
        } catch { return DeliveryAnswer(error) }
    }

    private func token(at now: Timestamp) -> String? {
        if let known = tokens.token(for: Self.subject, at: now) { return known }
        guard let new = key.token(at: now) else { return nil }
        tokens.keep(
            new, for: Self.subject, at: now, renewAt: now.adding(seconds: APNsKey.renewSeconds))
        return new
    }

    private struct Refusal: Decodable {
        let reason: String?
        /// When the token ceased to hold, in milliseconds since 1970; only with status 410.
        let timestamp: Int64?
    }
    private static let expired = "expired_provider_token"

    /// Apple, "Handling notification responses from APNs".
    static func answer(_ answer: WebAnswer) -> DeliveryAnswer {
        if answer.status == 200 { return .delivered }
        let refusal = JSONText.decode(Refusal.self, answer.body)
        let code = DeliveryAnswer.code(refusal?.reason ?? "status_\(answer.status)")
        switch (answer.status, code) {
        case (410, _):
            let since = refusal?.timestamp.flatMap { millis -> Timestamp? in
                let (micros, overflow) = millis.multipliedReportingOverflow(by: 1_000)
                return overflow ? nil : Timestamp(micros)
            }
            return .gone(code: code, since: since)
        case (400, "bad_device_token"), (400, "device_token_not_for_topic"):
            return .gone(code: code)
        // The operators' mistakes: what waits goes out once they are mended.
        case (403, _), (408, _), (429, _), (500...599, _), (400, "idle_timeout"):
            return .later(code: code, afterSeconds: answer.retryAfterSeconds)
        default: return .refused(code: code)
        }
    }
}

extension APNsSender {
    /// Apple, "Generating a remote notification". What is the application's own stands beside `aps`.
    private struct Payload: Encodable {
        struct APS: Encodable {
            struct Alert: Encodable {
                let title: String
                let body: String
            }
            let alert: Alert
            let sound: String
            let threadID: String
            enum CodingKeys: String, CodingKey {
                case alert
                case sound
                case threadID = "thread-id"
            }
        }
        let aps: APS
        let id: String
        let kind: String
        let data: [String: String]

        init(_ notice: OutgoingNotice) {
            let text = NoticeText(notice.content)
            aps = APS(
                alert: .init(title: text.title, body: text.body), sound: "default",
                threadID: notice.content.kind.word)
            id = notice.id.description
            kind = notice.content.kind.word
            data = notice.content.namedParameters
        }
    }
}
