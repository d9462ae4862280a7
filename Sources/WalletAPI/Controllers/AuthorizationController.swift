internal import EventLog
internal import Hummingbird
internal import Wallet

/// `/v1/authorizations`
struct AuthorizationController {
    let wallet: Wallet

    var routes: APIRoutes {
        APIRoutes()
            .post(.scope(.authorizationsWrite), use: authorize)
            .get(.scope(.paymentsRead), ":id", use: get)
            .post(.scope(.authorizationsWrite), ":id/capture", use: capture)
            .post(.scope(.authorizationsWrite), ":id/void", use: void)
    }

    private enum CaptureField: String, CaseIterable { case amount, final }

    @Sendable private func authorize(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        let submission = try await Submission(request, context)
        let answer = try await wallet.open(
            try PaymentRequest(submission.body), as: .authorization, key: submission.key)
        return .transfer(answer, status: .created)
    }

    @Sendable private func get(_ request: Request, _ context: APIContext) async throws -> Response {
        _ = try Query(request)
        return .transfer(
            try await wallet.transfer(try context.transferID(), kind: .authorization))
    }

    @Sendable private func capture(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        let submission = try await Submission(request, context)
        let body = try JSONObject<CaptureField>(submission.body)
        return .transfer(
            try await wallet.capture(
                try context.transferID(), amount: try body.optionalAmount(.amount),
                final: try body.optionalBool(.final) ?? false, key: submission.key))
    }

    @Sendable private func void(_ request: Request, _ context: APIContext) async throws -> Response
    {
        let submission = try await Submission(request, context)
        _ = try JSONObject<NoField>(submission.body)
        return .transfer(try await wallet.void(try context.transferID(), key: submission.key))
    }
}
