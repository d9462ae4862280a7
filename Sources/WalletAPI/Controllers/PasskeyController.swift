internal import Hummingbird
internal import Identity
internal import People

/// What is asked of a passkey, and its answer, as both go over the wire.
private enum AnswerField: String, CaseIterable { case challenge, credential, name, device }

extension Response {
    /// What a browser hands to its authenticators.
    static func question(_ question: People.PasskeyQuestion) -> Response {
        var response = Response.object { writer in
            writer.member("challenge", "\(question.id)")
            writer.name("public_key")
            writer.json(question.options)
        }
        response.headers[.cacheControl] = "no-store"
        return response
    }
}

/// `/v1/me/passkeys`, and stepping up with one.
struct PasskeyController {
    let people: People

    var routes: APIRoutes {
        APIRoutes()
            .get(.person(.profile), "passkeys", use: list)
            .post(.person(.security), "passkeys/options", use: begin)
            .post(.person(.security), "passkeys", use: add)
            .patch(.person(.security), "passkeys/:id", use: rename)
            .delete(.person(.security), "passkeys/:id", use: remove)
            .post(.person(.security), "step-up/passkey/options", use: ask)
            .post(.person(.security), "step-up/passkey", use: stepUp)
    }

    private enum NameField: String, CaseIterable { case name }

    @Sendable private func list(_ request: Request, _ context: APIContext) async throws -> Response
    {
        _ = try Query(request)
        let passkeys = try await people.passkeys(of: try context.person())
        return .object { writer in
            writer.name("passkeys")
            writer.array(passkeys) { $0.passkey($1) }
        }
    }

    @Sendable private func begin(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        _ = try JSONObject<NoField>(try await Submission(request, context).body)
        try await context.requireFresh(people)
        return .question(try await people.beginPasskey(of: try context.person()))
    }

    @Sendable private func add(_ request: Request, _ context: APIContext) async throws -> Response {
        let body = try JSONObject<AnswerField>(try await Submission(request, context).body)
        let new = try await people.addPasskey(
            of: try context.person(), try body.passkeyQuestion(.challenge),
            try body.credential(.credential),
            name: try body.optionalDisplayName(.name) ?? "")
        var response = Response.object(status: .created) { writer in
            writer.name("passkey")
            writer.passkey(new.passkey)
            writer.name("recovery_codes")
            writer.array(new.recoveryCodes) { $0.string($1) }
        }
        response.headers[.cacheControl] = "no-store"
        return response
    }

    @Sendable private func rename(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        let body = try JSONObject<NameField>(try await Submission(request, context).body)
        let name = try body.displayName(.name)
        try await people.renamePasskey(
            context.parameters.get("id") ?? "", of: try context.person(), name)
        return .empty
    }

    @Sendable private func remove(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        try await context.requireFresh(people)
        try await people.removePasskey(
            context.parameters.get("id") ?? "", of: try context.person())
        return .empty
    }

    @Sendable private func ask(_ request: Request, _ context: APIContext) async throws -> Response {
        _ = try JSONObject<NoField>(try await Submission(request, context).body)
        return .question(try await people.askPasskey(stepUpOf: try context.person()))
    }

    @Sendable private func stepUp(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        let body = try JSONObject<AnswerField>(try await Submission(request, context).body)
        try await people.stepUp(
            try context.session(), of: try context.person(), try body.passkeyQuestion(.challenge),
            passkey: try body.credential(.credential))
        return .empty
    }
}

/// `/v1/sign-in/passkey`
struct PasskeySignInController {
    let people: People
    let cookie: SignInCookie

    var routes: APIRoutes {
        APIRoutes()
            .post(.open, "options", use: ask)
            .post(.open, use: signIn)
    }

    @Sendable private func ask(_ request: Request, _ context: APIContext) async throws -> Response {
        try cookie.requireOwnOrigin(request)
        _ = try JSONObject<NoField>(try await Submission(request, context).body)
        return .question(try await people.askPasskey(signIn: cookie.secret(of: request)))
    }

    @Sendable private func signIn(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        try cookie.requireOwnOrigin(request)
        let body = try JSONObject<AnswerField>(try await Submission(request, context).body)
        let signIn = try await people.signIn(
            cookie.secret(of: request), try body.passkeyQuestion(.challenge),
            passkey: try body.credential(.credential),
            device: try body.device(.device))
        return .signIn(signIn, cookie)
    }
}

extension JSONWriter {
    fileprivate mutating func passkey(_ passkey: People.OwnPasskey) {
        object { writer in
            writer.member("id", passkey.id)
            writer.member("name", passkey.name)
            writer.member("created_at", passkey.createdAt.rfc3339())
            writer.member("last_used_at", passkey.lastUsedAt.rfc3339())
            writer.member("is_backed_up", passkey.isBackedUp)
        }
    }
}
