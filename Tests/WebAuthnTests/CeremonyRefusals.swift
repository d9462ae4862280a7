import WebAuthn

@testable import TestAuthenticator

/// What both ceremonies refuse alike, as one change of a good case each.
enum CeremonyRefusals {
    typealias Change = @Sendable (inout SoftwareAuthenticator) throws -> Void

    static let shared: [(WebAuthnError.Code, String, Change)] = [
        (.wrongType, "the type of payments", { $0.type = "payment.get" }),
        (.wrongChallenge, "another challenge", { $0.challenge[31] ^= 1 }),
        (.wrongChallenge, "a shorter challenge", { $0.challenge.removeLast() }),
        (.wrongChallenge, "an empty challenge", { $0.challenge = [] }),
        (.wrongOrigin, "another site", { $0.origin = "https://evil.example" }),
        (.wrongOrigin, "another scheme", { $0.origin = "http://wallet.example" }),
        (.wrongOrigin, "another port", { $0.origin = "https://wallet.example:8443" }),
        (.wrongOrigin, "a domain below", { $0.origin = "https://x.wallet.example" }),
        (.wrongOrigin, "a path", { $0.origin = "https://wallet.example/" }),
        (.wrongOrigin, "capitals", { $0.origin = "https://WALLET.example" }),
        (.crossOrigin, "a frame", { $0.clientExtras = #","crossOrigin":true"# }),
        (
            .crossOrigin, "an outermost page",
            { $0.clientExtras = #","topOrigin":"https://wallet.example""# }
        ),
        (
            .tokenBinding, "Token Binding",
            { $0.clientExtras = #","tokenBinding":{"status":"present","id":"AQ"}"# }
        ),
        (.malformedJSON, "client data that are no JSON", { $0.clientDataJSON = [0x7b] }),
        (
            .malformedJSON, "a member twice",
            { $0.clientExtras = #","origin":"https://wallet.example""# }
        ),
        (
            .malformedClientData, "client data without members",
            { $0.clientDataJSON = Array("{}".utf8) }
        ),
        (.wrongRelyingParty, "another domain", { $0.relyingPartyID = "evil.example" }),
        (
            .wrongRelyingParty, "an origin's own domain",
            { $0.relyingPartyID = "app.wallet.example" }
        ),
        (.userNotPresent, "no user's presence", { $0.flags &= ~0x01 }),
        (.userNotVerified, "no user's verification", { $0.flags &= ~0x04 }),
        (.inconsistentBackup, "a backup that could not be", { $0.flags |= 0x10 }),
        (
            .malformedAuthenticatorData, "a byte after the authenticator data",
            { $0.alterData = { $0 + [0] } }
        ),
    ]

    static func refusals(
        _ own: [(WebAuthnError.Code, String, Change)],
        _ attempt: @escaping @Sendable (SoftwareAuthenticator) throws -> Void
    ) -> [Refusal] {
        (shared + own).map { code, name, change in
            Refusal(code, name) {
                var authenticator = SoftwareAuthenticator()
                try change(&authenticator)
                try attempt(authenticator)
            }
        }
    }
}
