internal import Hummingbird
internal import Identity
internal import People

/// Finds out who makes a request: by an access token of a person or a program, or by one of the operator's keys.
struct AccessControl: Sendable {
    let keys: APIKeys
    let people: People?

    /// What the keys of the file may do: all that is not a person's own.
    private static let ofKeys = Scopes.ofStaff

    func caller(of request: Request) async throws -> Caller {
        guard let header = request.headers[.authorization] else { throw Problem.missingKey }
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { throw Problem.missingKey }
        // Three parts with dots between them are a token; a key is one.
        if let people, parts[1].hasPrefix("ey") {
            let token = String(parts[1])
            var bearer = people.tokens.known(token)
            if bearer == nil { bearer = try await people.tokens.bearer(of: token) }
            guard let bearer else { throw Problem.unknownToken }
            return Caller(bearer)
        }
        guard let name = keys.name(of: parts[1]) else { throw Problem.unknownKey }
        return Caller(name: name, scopes: Self.ofKeys)
    }
}

extension Caller {
    init(_ bearer: Bearer) {
        let name = bearer.person.map { "person:\($0)" } ?? "client:\(bearer.client)"
        self.init(
            name: name, scopes: bearer.scopes, person: bearer.person, session: bearer.session,
            device: bearer.device)
    }
}

extension Problem {
    static let unknownToken = Problem(
        status: .unauthorized, code: "unauthorized",
        detail: "the access token is not known, has expired, or its session has ended",
        headers: [.wwwAuthenticate: "Bearer error=\"invalid_token\""])
}
