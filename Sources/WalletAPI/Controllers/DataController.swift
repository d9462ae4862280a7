internal import Hummingbird
internal import Identity
internal import NIOCore
internal import People
internal import PersonalWallets

/// `/v1/me/data` and the end of `/v1/me`: a copy of all that is kept of a person, and its erasure.
struct DataController {
    let people: People
    let wallets: PersonalWallets
    let streams: OpenStreams

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
        // A page of what is given may be large, and whoever asks may read slowly.
        let place = try streams.enter(context.caller)
        let document = try await people.export(of: try context.person())
        return Response(
            status: .ok,
            headers: [
                .contentType: "application/json", .cacheControl: "no-store",
                .contentDisposition: "attachment; filename=\"holdfast-data.json\"",
            ],
            // What fails midway ends the connection, so that nobody takes a part for the whole.
            body: ResponseBody { writer in
                try await document.write { try await writer.write(ByteBuffer(bytes: $0)) }
                try await writer.finish(nil)
                withExtendedLifetime(place) {}
            })
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
