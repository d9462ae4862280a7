internal import Hummingbird
internal import Identity
internal import People

/// `/v1/sign-in`
struct SignInController {
    let people: People
    let cookie: SignInCookie

    var routes: APIRoutes {
        APIRoutes()
            .post(.open, use: signIn)
            .post(.open, "second-factor", use: showSecondFactor)
    }

    private enum Field: String, CaseIterable { case identifier, password, device }
    private enum FactorField: String, CaseIterable { case code }

    @Sendable private func signIn(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        try cookie.requireOwnOrigin(request)
        let body = try JSONObject<Field>(try await Submission(request, context).body)
        let signIn = try await people.signIn(
            try body.string(.identifier, maximumBytes: 320), password: try body.password(.password),
            device: try body.device(.device), from: context.address)
        return .signIn(signIn, cookie)
    }

    @Sendable private func showSecondFactor(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        try cookie.requireOwnOrigin(request)
        guard let secret = cookie.secret(of: request) else { throw Problem.noSignIn }
        let body = try JSONObject<FactorField>(try await Submission(request, context).body)
        let factor = SecondFactor(try body.string(.code, maximumBytes: 64))
        return .signIn(try await people.signIn(secret, with: factor), cookie)
    }
}

/// The fields of a device that somebody signs in with.
private enum DeviceField: String, CaseIterable { case id, name }

extension JSONObject {
    /// The device that somebody signs in with; one without a name if it is left out.
    func device(_ name: Name) throws(Problem) -> People.DeviceClaim {
        var device = People.DeviceClaim(id: nil, name: "")
        guard let value = value(name) else { return device }
        let claim = try JSONObject<DeviceField>(value, at: path(of: name))
        device.name = try claim.optionalDisplayName(.name) ?? ""
        if let text = try claim.optionalString(.id, maximumBytes: 64) {
            guard let id = DeviceID(text) else { throw .invalidUUID(claim.path(of: .id)) }
            device.id = id
        }
        return device
    }
}

extension Response {
    /// How far a sign-in has come, and the cookie that stands for it.
    static func signIn(_ signIn: People.SignIn, _ cookie: SignInCookie) -> Response {
        var response = Response.object { writer in
            writer.member("state", signIn.isComplete ? "complete" : "second_factor_required")
            writer.name("factors")
            writer.array(signIn.factors) { $0.string($1) }
            writer.member("device", "\(signIn.device)")
        }
        cookie.set(signIn.secret, on: &response)
        return response
    }
}
