internal import People
internal import Wallet

/// How much of what waits one alone may let go through.
struct FourEyes: Sendable {
    /// By number of currency, the most in minor units.
    var limits: [UInt16: Int64] = [:]
    /// Knows who registered programs.
    var people: People?

    /// A caller as one of the two.
    func reviewer(_ context: APIContext) async throws -> Wallet.Reviewer {
        let actor = context.actor
        guard !limits.isEmpty, let people else {
            return Wallet.Reviewer(actor, principal: actor)
        }
        return Wallet.Reviewer(actor, principal: try await people.principal(of: actor))
    }
}
