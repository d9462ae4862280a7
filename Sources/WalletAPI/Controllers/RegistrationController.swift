internal import Hummingbird
internal import Identity
internal import People

/// `/v1/registrations`
struct RegistrationController {
    let people: People

    var routes: APIRoutes {
        APIRoutes()
            .post(.open, use: register)
            .post(.open, ":id/confirm", use: confirm)
    }

    private enum Field: String, CaseIterable { case email, phone, password, name, handle }
    private enum ConfirmField: String, CaseIterable { case code }

    @Sendable private func register(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        let body = try JSONObject<Field>(try await Submission(request, context).body)
        let registration = People.Registration(
            contact: try body.contact(email: .email, phone: .phone),
            password: try body.password(.password), name: try body.optionalDisplayName(.name),
            handle: try body.optionalHandle(.handle))
        return .sent(try await people.register(registration, from: context.address))
    }

    @Sendable private func confirm(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        let body = try JSONObject<ConfirmField>(try await Submission(request, context).body)
        let person = try await people.confirmRegistration(
            try context.identifier(), code: try body.code(.code))
        return .object(status: .created) { $0.member("id", "\(person)") }
    }
}

/// `/v1/password-resets`
struct PasswordResetController {
    let people: People

    var routes: APIRoutes {
        APIRoutes()
            .post(.open, use: begin)
            .post(.open, ":id/confirm", use: confirm)
    }

    private enum Field: String, CaseIterable { case email, phone }
    private enum ConfirmField: String, CaseIterable {
        case code, password
        case secondFactor = "second_factor"
    }

    @Sendable private func begin(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        let body = try JSONObject<Field>(try await Submission(request, context).body)
        return .sent(
            try await people.beginPasswordReset(
                try body.contact(email: .email, phone: .phone), from: context.address))
    }

    @Sendable private func confirm(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        let body = try JSONObject<ConfirmField>(try await Submission(request, context).body)
        try await people.resetPassword(
            try context.identifier(), code: try body.code(.code),
            password: try body.password(.password),
            factor: try body.optionalString(.secondFactor, maximumBytes: 64).map(SecondFactor.init))
        return .empty
    }
}

extension SecondFactor {
    /// Six digits are an application's code, all else is one for recovery.
    init(_ text: String) {
        let isDigits = text.utf8.count == 6 && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
        self = isDigits ? .timeBasedCode(text) : .recoveryCode(text)
    }
}

extension Response {
    /// That a code was sent, perhaps.
    static func sent(_ sent: People.Sent) -> Response {
        .object(status: .accepted) { writer in
            writer.member("id", "\(sent.verification)")
            writer.member("expires_at", sent.expiresAt.rfc3339())
        }
    }

    /// Done, and nothing to say of it.
    static var empty: Response { Response(status: .noContent) }
}
