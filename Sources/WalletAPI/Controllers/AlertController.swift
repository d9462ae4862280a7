internal import EventLog
internal import HTTPTypes
internal import Hummingbird
internal import Wallet

/// `/v1/alerts`: pages, the newest first or the oldest first after an event; or a stream of Server-Sent Events.
struct AlertController {
    let wallet: Wallet
    let streams: OpenStreams

    var routes: APIRoutes {
        APIRoutes()
            .get(.scope(.alertsRead), use: list)
    }

    @Sendable private func list(_ request: Request, _ context: APIContext) async throws -> Response
    {
        if request.headers[.accept]?.contains(AlertStream.mediaType) == true {
            return try await stream(request, context)
        }
        let query = try Query(request, "before", "after", "limit")
        let limit = try query.limit()
        let before = try query.sequence("before")
        let alerts: [AlertAnswer]
        if let after = try query.sequence("after") {
            guard before == nil else { throw Query.invalid("after", "excludes before") }
            alerts = try await wallet.alerts(after: after, limit: limit)
        } else {
            alerts = try await wallet.alerts(before: before, limit: limit)
        }
        return .object { writer in
            writer.name("alerts")
            writer.array(alerts) { $0.alert($1) }
            writer.member(
                "next", alerts.count < limit ? nil : alerts.last?.view.event.sequence.rawValue)
        }
    }

    /// From the event that the client saw last; without one, from now on.
    private func stream(_ request: Request, _ context: APIContext) async throws -> Response {
        let query = try Query(request, "after")
        let place = try streams.enter(context.caller)
        let start: EventLog.Sequence
        if let name = HTTPField.Name("Last-Event-ID"), let text = request.headers[name] {
            guard let number = Int64(text), number >= 0 else {
                throw Problem.bad(
                    "invalid_last_event_id", "a Last-Event-ID is the sequence of an alert",
                    field: "Last-Event-ID")
            }
            start = EventLog.Sequence(number)
        } else if let after = try query.sequence("after") {
            start = after
        } else {
            start = try await wallet.head()
        }
        return AlertStream(wallet: wallet, start: start, place: place).response
    }
}
