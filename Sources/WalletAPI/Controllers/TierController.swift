internal import Fees
internal import Hummingbird
internal import Identity
internal import PersonalWallets

/// `/v1/people/{id}/tier`: whose prices and limits are not everybody's.
struct TierController {
    let wallets: PersonalWallets

    var routes: APIRoutes {
        APIRoutes().put(.scope(.peopleWrite), ":id/tier", use: set)
    }

    private enum TierField: String, CaseIterable { case tier }

    @Sendable private func set(_ request: Request, _ context: APIContext) async throws -> Response {
        let body = try JSONObject<TierField>(try await Submission(request, context).body)
        var tier: Tier?
        if let word = try body.optionalString(.tier, maximumBytes: 64) {
            guard let known = Tier(rawValue: word) else {
                throw Problem.bad(
                    "invalid_tier",
                    "a tier is 1 to 32 small letters, digits, \u{201C}_\u{201D} and \u{201C}-\u{201D}, beginning with a letter",
                    field: "tier")
            }
            tier = known
        }
        try await wallets.setTier(tier, of: try context.identifier(), by: context.actor)
        return Response(status: .noContent)
    }
}
