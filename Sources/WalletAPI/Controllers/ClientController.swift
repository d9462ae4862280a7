internal import Hummingbird
internal import Identity
internal import People

/// `/v1/clients`: programs that may ask for tokens.
struct ClientController {
    let people: People

    var routes: APIRoutes {
        APIRoutes()
            .get(.scope(.clientsWrite), use: list)
            .post(.scope(.clientsWrite), use: register)
            .delete(.scope(.clientsWrite), ":id", use: end)
    }

    private enum Field: String, CaseIterable {
        case id, name, scope
        case redirectURIs = "redirect_uris"
        case isConfidential = "is_confidential"
    }

    @Sendable private func list(_ request: Request, _ context: APIContext) async throws -> Response
    {
        _ = try Query(request)
        let clients = try await people.clients()
        return .object { writer in
            writer.name("clients")
            writer.array(clients) { $0.client($1, secret: nil) }
        }
    }

    @Sendable private func register(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        let body = try JSONObject<Field>(try await Submission(request, context).body)
        var uris: [RedirectURI] = []
        if let value = body.value(.redirectURIs) {
            guard case .array(let elements) = value, elements.count <= 16 else {
                throw Problem.wrongType(
                    "redirect_uris", found: value, expected: "an array of up to 16 URIs")
            }
            for (index, element) in elements.enumerated() {
                guard case .string(let text) = element, let uri = RedirectURI(text) else {
                    throw Problem.bad(
                        "invalid_redirect_uri",
                        "redirect_uris[\(index)] must be https, http to a loopback address, or a scheme of the "
                            + "application's own with a dot in it, without fragment",
                        field: "redirect_uris[\(index)]")
                }
                uris.append(uri)
            }
        }
        guard let scopes = Scopes(try body.string(.scope, maximumBytes: 1_024)) else {
            throw Problem.bad(
                "invalid_scope",
                "scope must be words out of \(Scopes.words.map(\.word).joined(separator: ", "))",
                field: "scope")
        }
        let name = try body.displayName(.name)
        let registered = try await people.registerClient(
            try body.string(.id, maximumBytes: 64), name: name, redirectURIs: uris, scopes: scopes,
            isConfidential: try body.optionalBool(.isConfidential) ?? uris.isEmpty,
            by: context.actor)
        var writer = JSONWriter()
        writer.client(registered.client, secret: registered.secret)
        return .json(writer, status: .created)
    }

    @Sendable private func end(_ request: Request, _ context: APIContext) async throws -> Response {
        try await people.endClient(context.parameters.get("id") ?? "", by: context.actor)
        return .empty
    }
}

extension JSONWriter {
    fileprivate mutating func client(_ client: Client, secret: String?) {
        object { writer in
            writer.member("id", client.id)
            writer.member("name", client.name)
            writer.name("redirect_uris")
            writer.array(client.redirectURIs) { $0.string($1.text) }
            writer.member("scope", client.scopes.text)
            writer.member("is_confidential", client.isConfidential)
            writer.member("created_at", client.createdAt.rfc3339())
            if let secret { writer.member("secret", secret) }
        }
    }
}

/// `/v1/people`: what operators may do to somebody.
struct PeopleController {
    let people: People

    var routes: APIRoutes {
        APIRoutes()
            .put(.scope(.peopleWrite), ":id/role", use: setRole)
            .delete(.scope(.peopleWrite), ":id/sessions", use: endSessions)
    }

    private enum RoleField: String, CaseIterable { case role }

    @Sendable private func setRole(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        let body = try JSONObject<RoleField>(try await Submission(request, context).body)
        let known = Role.allCases.filter { $0 != .service }
        guard let role = Role(word: try body.string(.role)), known.contains(role) else {
            throw Problem.bad(
                "invalid_role", "role must be \(known.map(\.word).joined(separator: ", "))",
                field: "role")
        }
        try await people.setRole(role, of: try context.identifier(), by: context.actor)
        return .empty
    }

    @Sendable private func endSessions(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        try await people.endSessions(of: try context.identifier(), by: context.actor)
        return .empty
    }
}
