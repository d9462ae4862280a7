internal import EventLog
internal import Hummingbird
internal import Wallet

/// `/v1/labels`: what became known of transfers.
struct LabelController {
    let wallet: Wallet

    var routes: APIRoutes {
        APIRoutes()
            .post(.scope(.labelsWrite), use: label)
    }

    private enum Field: String, CaseIterable { case transfer, verdict }

    @Sendable private func label(_ request: Request, _ context: APIContext) async throws -> Response
    {
        let submission = try await Submission(request, context)
        let body = try JSONObject<Field>(submission.body)
        let transfer = try body.transfer(.transfer)
        let word = try body.string(.verdict)
        guard let verdict = LabelVerdict(word: word) else {
            throw Problem.bad(
                "unknown_verdict", "a verdict is confirmed_fraud or cleared", field: "verdict")
        }
        let sequence = try await wallet.label(
            transfer, verdict, actor: context.actor, key: submission.key)
        return .object(status: .created) { writer in
            writer.member("sequence", sequence)
            writer.member("transfer", transfer)
            writer.member("verdict", verdict.word)
            writer.member("by", context.actor)
        }
    }
}
