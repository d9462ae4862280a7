internal import EventLog
internal import Hummingbird
internal import Wallet

/// `/v1/transfers`
struct TransferController {
    let wallet: Wallet
    let fourEyes: FourEyes

    var routes: APIRoutes {
        APIRoutes()
            .post(.scope(.paymentsWrite), use: pay)
            .get(.scope(.paymentsRead), ":id", use: get)
            .post(.scope(.paymentsWrite), ":id/refund", use: refund)
            .post(.scope(.paymentsWrite), ":id/challenge", use: challenge)
    }

    private enum RefundField: String, CaseIterable { case amount }
    private enum ChallengeField: String, CaseIterable { case passed }

    @Sendable private func pay(_ request: Request, _ context: APIContext) async throws -> Response {
        let submission = try await Submission(request, context)
        let answer = try await wallet.open(
            try PaymentRequest(submission.body), as: .payment, key: submission.key)
        return .transfer(answer, status: .created)
    }

    @Sendable private func get(_ request: Request, _ context: APIContext) async throws -> Response {
        _ = try Query(request)
        return .transfer(try await wallet.transfer(try context.transferID()))
    }

    @Sendable private func refund(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        let submission = try await Submission(request, context)
        let body = try JSONObject<RefundField>(submission.body)
        let answer = try await wallet.refund(
            try context.transferID(), amount: try body.optionalAmount(.amount),
            key: submission.key)
        return .transfer(answer, status: .created)
    }

    @Sendable private func challenge(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        let submission = try await Submission(request, context)
        let body = try JSONObject<ChallengeField>(submission.body)
        switch try await wallet.challenge(
            try context.transferID(), passed: try body.bool(.passed),
            by: try await fourEyes.reviewer(context), limits: fourEyes.limits, key: submission.key)
        {
        case .done(let answer): return .transfer(answer)
        case .awaitsSecond(let waiting): return .transfer(waiting, status: .accepted)
        }
    }
}
