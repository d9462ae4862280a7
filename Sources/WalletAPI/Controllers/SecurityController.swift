internal import Hummingbird
internal import Identity
internal import People

/// `/v1/me`: how a person signs in. Changes ask that they have just shown who they are.
struct SecurityController {
    let people: People

    var routes: APIRoutes {
        APIRoutes()
            .post(.person(.security), "step-up", use: stepUp)
            .put(.person(.security), "password", use: changePassword)
            .post(.person(.security), "totp", use: beginTOTP)
            .post(.person(.security), "totp/confirm", use: confirmTOTP)
            .delete(.person(.security), "totp", use: removeTOTP)
            .post(.person(.security), "recovery-codes", use: newRecoveryCodes)
    }

    private enum StepUpField: String, CaseIterable {
        case password
        case secondFactor = "second_factor"
    }
    private enum PasswordField: String, CaseIterable { case password }
    private enum CodeField: String, CaseIterable { case code }

    @Sendable private func stepUp(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        let body = try JSONObject<StepUpField>(try await Submission(request, context).body)
        try await people.stepUp(
            try context.session(), of: try context.person(),
            password: try body.password(.password),
            factor: try body.optionalString(.secondFactor, maximumBytes: 64).map(SecondFactor.init),
            from: context.address)
        return .empty
    }

    @Sendable private func changePassword(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        let body = try JSONObject<PasswordField>(try await Submission(request, context).body)
        let password = try body.password(.password)
        try await context.requireFresh(people)
        try await people.changePassword(
            to: password, of: try context.person(), keeping: try context.session())
        return .empty
    }

    @Sendable private func beginTOTP(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        _ = try JSONObject<NoField>(try await Submission(request, context).body)
        try await context.requireFresh(people)
        let codes = try await people.beginTimeBasedCodes(of: try context.person())
        return .object(status: .created) { writer in
            writer.member("secret", codes.secret)
            writer.member("uri", codes.uri)
        }
    }

    @Sendable private func confirmTOTP(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        let body = try JSONObject<CodeField>(try await Submission(request, context).body)
        let code = try body.code(.code)
        return .recoveryCodes(
            try await people.confirmTimeBasedCodes(of: try context.person(), code: code))
    }

    @Sendable private func removeTOTP(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        try await context.requireFresh(people)
        try await people.removeTimeBasedCodes(of: try context.person())
        return .empty
    }

    @Sendable private func newRecoveryCodes(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        _ = try JSONObject<NoField>(try await Submission(request, context).body)
        try await context.requireFresh(people)
        return .recoveryCodes(try await people.newRecoveryCodes(of: try context.person()))
    }
}

extension Response {
    /// Shown this once.
    fileprivate static func recoveryCodes(_ codes: [String]) -> Response {
        var response = Response.object { writer in
            writer.name("recovery_codes")
            writer.array(codes) { $0.string($1) }
        }
        response.headers[.cacheControl] = "no-store"
        return response
    }
}
