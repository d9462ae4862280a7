internal import Hummingbird
internal import Wallet

/// `/health`: for supervisors; needs no key.
struct HealthController {
    let wallet: Wallet

    var routes: APIRoutes {
        APIRoutes()
            .get(.open, "live", use: live)
            .get(.open, "ready", use: ready)
    }

    /// The process answers.
    @Sendable private func live(_ request: Request, _ context: APIContext) async -> Response {
        .object { $0.member("status", "live") }
    }

    /// Payments are possible. Without an engine they are too: the fail policy decides.
    @Sendable private func ready(_ request: Request, _ context: APIContext) async throws -> Response
    {
        let head = try await wallet.head()
        return .object { writer in
            writer.member("status", "ready")
            writer.member("database", "reachable")
            writer.member("engine", wallet.isEngineAbsent ? "absent" : "present")
            writer.member("sequence", head)
        }
    }
}
