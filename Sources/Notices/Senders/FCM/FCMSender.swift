public import EventLog
public import Outbound

/// Sends by Firebase Cloud Messaging (Google, "FCM HTTP v1").
public struct FCMSender: NoticeSending {
    /// Which channel it serves.
    public let channel = NoticeChannel.fcm
    private let client: OutboundClient
    private let account: FCMAccount
    private let origin: String
    private let tokens = TokenCache()
    private let clock: @Sendable () -> Timestamp

    /// Where applications are served.
    public static let production = "https://fcm.googleapis.com"

    private static let subject = "access"

    /// - Parameters:
    ///   - client: What it asks through.
    ///   - origin: ``production``, or what stands in for it.
    ///   - clock: Gives the moment.
    public init(
        _ client: OutboundClient, account: FCMAccount, origin: String = production,
        clock: @escaping @Sendable () -> Timestamp
    ) {
        self.client = client
        self.account = account
        self.origin = origin
        self.clock = clock
    }

    /// Sends a notice to a device.
    public func send(_ notice: OutgoingNotice) async -> DeliveryAnswer {
        guard case .device(.fcm(let device)) = notice.target else {
            return .refused(code: "wrong_target")
        }
        let now = clock()
        do throws(OutboundError) {
            let token: String
            switch try await accessToken(at: now) {
            case .token(let text): token = text
            case .hindered(let answer): return answer
            }
            guard let body = JSONText.encode(Body(notice, to: device, at: now)) else {
                return .refused(code: "unsigned")
            }
            let request = WebRequest(
                .post, "\(origin)/v1/projects/\(account.project)/messages:send",
                fields: [
                    .init("authorization", "Bearer \(token)"),
                    .init("content-type", "application/json"),
                ], body: body)
            let answer = try await client.send(request)
            if answer.status == 401 {
                tokens.drop(token, for: Self.subject, ifOlderThan: 0, at: now)
            }
            return Self.answer(answer)
        } catch { return DeliveryAnswer(error) }
    }

    // MARK: - Access

    private enum Access {
        case token(String)
        case hindered(DeliveryAnswer)
    }
    private struct Grant: Decodable {
        let accessToken: String
        let expiresIn: Int64
    }

    /// An access token for an assertion (RFC 7523, section 2.1), until shortly before it runs out.
    private func accessToken(at now: Timestamp) async throws(OutboundError) -> Access {
        if let known = tokens.token(for: Self.subject, at: now) { return .token(known) }
        guard let assertion = account.assertion(at: now) else {
            return .hindered(.refused(code: "unsigned"))
        }
        // Of the characters of both values only the colons need to be encoded in a form.
        let form =
            "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer"
            + "&assertion=\(assertion)"
        let answer = try await client.send(
            WebRequest(
                .post, account.tokenEndpoint,
                fields: [.init("content-type", "application/x-www-form-urlencoded")],
                body: Array(form.utf8)))
        // Refused or out of order: either way it is the operators' or Google's to mend, and notices wait.
        guard answer.status == 200, let grant = JSONText.decode(Grant.self, answer.body) else {
            return .hindered(
                .later(
                    code: "token_status_\(answer.status)", afterSeconds: answer.retryAfterSeconds))
        }
        let life = max(0, min(grant.expiresIn, 86_400) - 120)
        tokens.keep(
            grant.accessToken, for: Self.subject, at: now, renewAt: now.adding(seconds: life))
        return .token(grant.accessToken)
    }

    // MARK: - Answers

    private struct Refusal: Decodable {
        struct Failure: Decodable {
            struct Detail: Decodable {
                let errorCode: String?
            }
            let status: String?
            let details: [Detail]?
        }
        let error: Failure
    }

    /// Google, "ErrorCode" of FCM HTTP v1; without a code of FCM's own that of the gateway before it.
    static func answer(_ answer: WebAnswer) -> DeliveryAnswer {
        if answer.status == 200 { return .delivered }
        let failure = JSONText.decode(Refusal.self, answer.body)?.error
        let word = failure?.details?.compactMap(\.errorCode).first ?? failure?.status
        let code = DeliveryAnswer.code(word ?? "status_\(answer.status)")
        switch code {
        case "unregistered", "sender_id_mismatch": return .gone(code: code)
        case "quota_exceeded", "resource_exhausted":
            // A minute at least, Google asks for.
            return .later(code: code, afterSeconds: max(60, answer.retryAfterSeconds ?? 0))
        case "unavailable", "internal", "third_party_auth_error", "unauthenticated",
            "permission_denied":
            return .later(code: code, afterSeconds: answer.retryAfterSeconds)
        case "invalid_argument": return .refused(code: code)
        default:
            guard case .later(_, let seconds) = DeliveryAnswer(status: answer) else {
                return .refused(code: code)
            }
            return .later(code: code, afterSeconds: seconds)
        }
    }
}

extension FCMSender {
    /// Google, "REST resource: projects.messages".
    private struct Body: Encodable {
        struct Message: Encodable {
            struct Words: Encodable {
                let title: String
                let body: String
            }
            struct Android: Encodable {
                struct Shown: Encodable {
                    let tag: String
                }
                let priority: String
                let ttl: String
                /// A notification that is shown is replaced by one with the same tag. Not `collapse_key`, of which a device
                /// has four at a time: further notices would push out those that wait.
                let notification: Shown
            }
            let token: String
            let notification: Words
            let data: [String: String]
            let android: Android
        }
        let message: Message

        init(_ notice: OutgoingNotice, to device: DeviceToken, at now: Timestamp) {
            let (kind, text) = (notice.content.kind, NoticeText(notice.content))
            var data = notice.content.namedParameters
            data["id"] = notice.id.description
            data["kind"] = kind.word
            message = Message(
                token: device.text, notification: .init(title: text.title, body: text.body),
                data: data,
                android: .init(
                    priority: kind.urgency == .high ? "HIGH" : "NORMAL",
                    ttl: "\(notice.lifeSeconds(at: now))s",
                    notification: .init(tag: notice.id.description)))
        }
    }
}
