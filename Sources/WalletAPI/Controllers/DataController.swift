internal import Hummingbird
internal import Identity
internal import NIOCore
internal import People
internal import PersonalWallets

/// `/v1/me/data` and the end of `/v1/me`: a copy of all that is kept of a person, and its erasure.
struct DataController {
    let people: People
    let wallets: PersonalWallets

    var routes: APIRoutes {
        APIRoutes()
            .post(.person(.security), "data", use: export)
            .post(.person(.security), "erasure", use: erase)
    }

    @Sendable private func export(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        _ = try JSONObject<NoField>(try await Submission(request, context).body)
        try await context.requireFresh(people)
        let json = try await people.export(of: try context.person())
        return .file(json, "application/json", "holdfast-data.json")
    }

    @Sendable private func erase(_ request: Request, _ context: APIContext) async throws -> Response
    {
        _ = try JSONObject<NoField>(try await Submission(request, context).body)
        try await context.requireFresh(people)
        let person = try context.person()
        try await wallets.erase(person, by: "\(person)")
        return Response(status: .noContent)
    }
}
