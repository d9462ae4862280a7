internal import Hummingbird
internal import Identity
internal import People

/// Finds out who makes a request: by an access token of a person or a program, or by one of the operator's keys.
struct AccessControl: Sendable {
    let keys: APIKeys
    let people: People?
    let limits: CallerLimits

    /// What the keys of the file may do: all that is not a person's own.
    private static let ofKeys = Scopes.ofStaff

    func caller(of request: Request) async throws -> Caller {
        guard let header = request.headers[.authorization] else { throw Problem.missingKey }
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { throw Problem.missingKey }
        // Three parts with dots between them are a token; a key is one.
        if let people, parts[1].hasPrefix("ey") {
            let token = String(parts[1])
            if let bearer = people.tokens.known(token) { return Caller(bearer) }
            switch try await people.tokens.look(at: token) {
            case .success(let bearer): return Caller(bearer)
            case .failure(let refusal): throw refusal
            }
        }
        guard let name = keys.name(of: parts[1]) else { throw Problem.unknownKey }
        return Caller(name: name, scopes: Self.ofKeys)
    }
}

extension AccessControl {
    /// Records that somebody is about to do something over everybody's; what cannot be recorded is not done.
    func recordAsked(
        _ act: StaffAct, _ request: Request, _ context: APIContext
    ) async throws {
        try await people?.recordAsked(
            act, by: context.actor, on: context.parameters.get("id") ?? "",
            context.named(request))
    }

    /// Records what somebody did over everybody's.
    func record(_ act: StaffAct, _ request: Request, _ context: APIContext) async {
        await people?.record(
            act, by: context.actor, on: context.parameters.get("id") ?? "",
            context.named(request))
    }
}

extension APIRoutes.Route {
    /// What the audit log is to know of a request that changes something over everybody's. What programs pay, and the
    /// accounts that they open, are in the ledger already; whom they let pass is no payment of theirs.
    var staffAct: StaffAct? {
        guard method != .get, case .scope(let scopes) = access else { return nil }
        switch scopes {
        case .reviewsWrite: return .paymentReviewed
        case .paymentsWrite: return path.hasSuffix("/challenge") ? .challengeAnswered : nil
        case .labelsWrite: return .paymentLabelled
        case .accountsWrite: return path.isEmpty ? nil : .accountChanged
        case .fundsWrite: return .accountFunded
        case .policiesWrite: return .policyChanged
        default: return nil
        }
    }
}

extension Caller {
    init(_ bearer: Bearer) {
        let name = bearer.person.map { "person:\($0)" } ?? "client:\(bearer.client)"
        self.init(
            name: name, scopes: bearer.scopes, person: bearer.person, session: bearer.session,
            device: bearer.device, bearer: bearer)
    }
}

extension Problem {
    static let unknownToken = Problem(
        status: .unauthorized, code: "unauthorized",
        detail: "the access token is not known, has expired, or its session has ended",
        headers: [.wwwAuthenticate: "Bearer error=\"invalid_token\""])
}
