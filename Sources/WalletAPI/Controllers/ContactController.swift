internal import Hummingbird
internal import Identity
internal import People

/// `/v1/me/contacts`: where a person can be written to.
struct ContactController {
    let people: People

    var routes: APIRoutes {
        APIRoutes()
            .post(.person(.security), "contacts", use: add)
            .post(.person(.security), "contacts/:id/confirm", use: confirm)
            .delete(.person(.security), "contacts/:id", use: remove)
    }

    private enum ContactField: String, CaseIterable { case email, phone }
    private enum CodeField: String, CaseIterable { case code }

    @Sendable private func add(_ request: Request, _ context: APIContext) async throws -> Response {
        let body = try JSONObject<ContactField>(try await Submission(request, context).body)
        let contact = try body.contact(email: .email, phone: .phone)
        try await context.requireFresh(people)
        let sent = try await people.addContact(
            contact, of: try context.person(), from: context.address)
        return .object(status: .accepted) { writer in
            writer.member("id", sent.verification.uuid)
            writer.member("expires_at", sent.expiresAt)
        }
    }

    @Sendable private func confirm(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        let body = try JSONObject<CodeField>(try await Submission(request, context).body)
        let contact = try await people.confirmContact(
            try context.identifier(), code: try body.code(.code), of: try context.person())
        return .object(status: .created) { writer in
            writer.member("id", contact.id.uuid)
            writer.member("kind", contact.point.kind.word)
            writer.member("value", contact.point.text)
            writer.member("verified_at", contact.verifiedAt)
        }
    }

    @Sendable private func remove(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        try await context.requireFresh(people)
        try await people.removeContact(try context.identifier(), of: try context.person())
        return Response(status: .noContent)
    }
}
