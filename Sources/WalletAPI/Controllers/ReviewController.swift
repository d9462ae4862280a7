internal import EventLog
internal import Hummingbird
internal import Wallet

/// `/v1/reviews`: what waits for a person.
struct ReviewController {
    let wallet: Wallet
    let fourEyes: FourEyes

    var routes: APIRoutes {
        APIRoutes()
            .get(.scope(.alertsRead), use: list)
            .post(.scope(.reviewsWrite), ":id/release", use: release)
            .post(.scope(.reviewsWrite), ":id/decline", use: decline)
    }

    private enum NoteField: String, CaseIterable { case note }

    @Sendable private func list(_ request: Request, _ context: APIContext) async throws -> Response
    {
        let query = try Query(request, "after", "limit")
        let limit = try query.limit()
        let reviews = try await wallet.reviews(
            after: try query.sequence("after") ?? .zero, limit: limit)
        return .object { writer in
            writer.name("reviews")
            writer.array(reviews) { $0.review($1.answer, since: $1.since) }
            writer.member("next", reviews.count < limit ? nil : reviews.last?.since.rawValue)
        }
    }

    @Sendable private func release(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        try await review(release: true, request, context)
    }

    @Sendable private func decline(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        try await review(release: false, request, context)
    }

    private func review(
        release: Bool, _ request: Request, _ context: APIContext
    ) async throws -> Response {
        let submission = try await Submission(request, context)
        let body = try JSONObject<NoteField>(submission.body)
        let note = try body.optionalString(.note, maximumBytes: 2_000) ?? ""
        let answer: TransferAnswer
        if release {
            switch try await wallet.release(
                try context.transferID(), note: note, by: try await fourEyes.reviewer(context),
                limits: fourEyes.limits, key: submission.key)
            {
            case .done(let released): answer = released
            case .awaitsSecond(let waiting): return .transfer(waiting, status: .accepted)
            }
        } else {
            answer = try await wallet.review(
                try context.transferID(), release: false, note: note, actor: context.actor,
                key: submission.key)
        }
        context.logger.info(
            "reviewed",
            metadata: [
                "transfer": "\(answer.transfer.id)", "release": "\(release)",
                "actor": "\(context.actor)",
            ])
        return .transfer(answer)
    }
}
