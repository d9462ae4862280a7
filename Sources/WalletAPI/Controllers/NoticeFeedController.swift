internal import EventLog
internal import HTTPTypes
internal import Hummingbird
internal import Identity
internal import NIOCore
internal import Notices
internal import People
internal import PostgreSQL

/// `/v1/me/notices`: what a person is told, as a list and as a stream; where else they want it, and where their devices
/// are reached.
struct NoticeFeedController {
    let feed: NoticeFeed
    let people: People
    let streams: OpenStreams

    var routes: APIRoutes {
        APIRoutes()
            .get(.person(.profile), "notices", use: list)
            .post(.person(.profile), "notices/read", use: markRead)
            .get(.person(.profile), "notices/preferences", use: preferences)
            .put(.person(.profile), "notices/preferences", use: setPreferences)
            .get(.person(.profile), "push-targets", use: targets)
            .put(.person(.profile), "push-targets", use: setTarget)
            .delete(.person(.profile), "push-targets", use: removeTargets)
    }

    private enum ReadField: String, CaseIterable { case through }
    private enum PreferenceField: String, CaseIterable { case kind, channels }
    private enum TargetField: String, CaseIterable { case webPush = "web_push", apns, fcm }
    private enum SubscriptionField: String, CaseIterable { case endpoint, p256dh, auth }

    /// With `Accept: text/event-stream` it is a stream of Server-Sent Events, which goes on after `Last-Event-ID`.
    @Sendable private func list(_ request: Request, _ context: APIContext) async throws -> Response
    {
        let person = try context.person()
        if request.headers[.accept]?.contains("text/event-stream") ?? false {
            return try await stream(request, context, person)
        }
        let query = try Query(request, "before", "limit")
        let limit = try query.limit()
        let before = try query.sequence("before")?.rawValue
        let (entries, unread) = try await reading { () throws(PostgreSQLError) in
            (
                try await feed.entries(of: person, before: before, limit: limit),
                try await feed.unreadCount(of: person)
            )
        }
        return .object { writer in
            writer.name("notices")
            writer.array(entries) { $0.notice($1) }
            writer.member("unread", unread)
            writer.member("next", entries.count < limit ? nil : entries.last?.number)
        }
    }

    private func stream(
        _ request: Request, _ context: APIContext, _ person: PersonID
    ) async throws -> Response {
        _ = try Query(request)
        let seat = try streams.enter(context.caller)
        let last = try await reading { () throws(PostgreSQLError) in
            try await feed.lastNumber(of: person)
        }
        var place = last
        if let name = HTTPField.Name("Last-Event-ID"), let text = request.headers[name] {
            guard let number = Int64(text), number >= 0 else {
                throw Problem.bad(
                    "invalid_last_event_id",
                    "Last-Event-ID must be the id of an event of this feed",
                    field: "Last-Event-ID")
            }
            place = min(number, last)
        }
        return NoticeStream(feed: feed, person: person, after: place, place: seat).response
    }

    @Sendable private func markRead(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        let body = try JSONObject<ReadField>(try await Submission(request, context).body)
        guard let through = try body.optionalCount(.through) else {
            _ = try body.required(.through)
            throw Problem.internalError
        }
        let (person, now) = (try context.person(), people.now)
        _ = try await reading { () throws(PostgreSQLError) in
            try await feed.markRead(through: through, of: person, at: now)
        }
        return Response(status: .noContent)
    }

    // MARK: - Preferences

    @Sendable private func preferences(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        _ = try Query(request)
        return .preferences(try await people.noticePreferences(of: try context.person()))
    }

    @Sendable private func setPreferences(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        let body = try JSONObject<PreferenceField>(try await Submission(request, context).body)
        guard let kind = NoticeKind(word: try body.string(.kind)), !kind.isForContact else {
            throw Problem.bad(
                "invalid_kind", "kind must be one of those at /v1/me/notices/preferences",
                field: "kind")
        }
        guard case .array(let items) = try body.required(.channels) else {
            throw Problem.wrongType(
                "channels", found: try body.required(.channels), expected: "a list of channels")
        }
        var channels: NoticeChannels = []
        for item in items {
            guard case .string(let word) = item, let channel = NoticeChannel(word: word) else {
                let known = NoticeChannel.allCases.map(\.word).joined(separator: ", ")
                throw Problem.bad(
                    "invalid_channel", "channels are of \(known)", field: "channels")
            }
            channels.insert(NoticeChannels(channel))
        }
        return .preferences(
            try await people.setNoticePreferences(channels, for: kind, of: try context.person()))
    }

    // MARK: - Devices

    @Sendable private func targets(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        _ = try Query(request)
        let targets = try await people.pushTargets(of: try context.person())
        return .object { writer in
            writer.name("push_targets")
            writer.array(targets) { writer, target in
                writer.object { writer in
                    writer.member("id", target.id.uuid)
                    writer.member("device", target.device.uuid)
                    writer.member("channel", target.channel.word)
                    writer.member("registered_at", target.registeredAt)
                    writer.member("last_used_at", target.lastUsedAt)
                }
            }
        }
    }

    /// Where the device that asks is reached.
    @Sendable private func setTarget(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        let body = try JSONObject<TargetField>(try await Submission(request, context).body)
        guard let device = context.caller.device else { throw Problem.notAPerson }
        let address: PushAddress
        do throws(NoticeError) {
            if let json = body.value(.webPush) {
                address = .webPush(try Self.subscription(json, at: body.path(of: .webPush)))
            } else {
                address = try Self.token(body)
            }
        } catch {
            throw Problem.bad("invalid_push_target", "\(error)")
        }
        try await people.setPushTarget(address, on: device, of: try context.person())
        return Response(status: .noContent)
    }

    private static func subscription(
        _ json: JSONValue, at path: String
    ) throws(NoticeError) -> WebPushSubscription {
        let fields = (try? JSONObject<SubscriptionField>(json, at: path))
        let texts = SubscriptionField.allCases.map { field in
            (try? fields?.string(field, maximumBytes: 2_048)) ?? ""
        }
        return try WebPushSubscription(
            endpoint: texts[0], publicKey: texts[1], secret: texts[2])
    }

    private static func token(
        _ body: JSONObject<TargetField>
    ) throws(NoticeError) -> PushAddress {
        if let text = (try? body.optionalString(.apns, maximumBytes: 512)) ?? nil {
            return .apns(try DeviceToken(apns: text))
        }
        return .fcm(
            try DeviceToken(
                fcm: ((try? body.optionalString(.fcm, maximumBytes: 4_096)) ?? nil) ?? ""))
    }

    /// The device that asks is reached no more.
    @Sendable private func removeTargets(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        guard let device = context.caller.device else { throw Problem.notAPerson }
        try await people.removePushTargets(on: device)
        return Response(status: .noContent)
    }

    private func reading<Value>(
        _ body: () async throws(PostgreSQLError) -> Value
    ) async throws(Problem) -> Value {
        do throws(PostgreSQLError) { return try await body() } catch {
            throw Problem(
                status: .serviceUnavailable, code: "unavailable",
                detail: "the database is out of reach; nothing was changed")
        }
    }
}

extension JSONWriter {
    /// A notice, with its text in English and what it is made of.
    mutating func notice(_ entry: FeedEntry) {
        object { writer in
            writer.member("id", entry.id.uuid)
            writer.member("number", entry.number)
            writer.member("kind", entry.content.kind.word)
            writer.member("title", entry.text.title)
            writer.member("body", entry.text.body)
            writer.name("data")
            writer.texts(entry.content.namedParameters)
            writer.member("created_at", entry.createdAt)
            writer.member("read_at", entry.readAt ?? .none)
        }
    }

    /// Texts by name, in the order of the names.
    mutating func texts(_ texts: [String: String]) {
        value(
            .object(
                texts.sorted { $0.key < $1.key }.map {
                    JSONMember(name: $0.key, value: .string($0.value))
                }))
    }
}

extension Response {
    /// For each kind of notice, the channels it goes to, and those that cannot be taken from it.
    static func preferences(_ preferences: NoticePreferences) -> Response {
        .object { writer in
            writer.name("preferences")
            writer.array(NoticeKind.allCases.filter { !$0.isForContact }) { writer, kind in
                writer.object { writer in
                    writer.member("kind", kind.word)
                    writer.name("channels")
                    writer.array(preferences.channels(for: kind).each) { $0.string($1.word) }
                    writer.name("fixed")
                    writer.array(NoticePreferences.fixed(for: kind).each) { $0.string($1.word) }
                }
            }
        }
    }
}
