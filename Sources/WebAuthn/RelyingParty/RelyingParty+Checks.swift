internal import Cryptography

/// What both ceremonies check alike.
extension RelyingParty {
    enum Ceremony: String {
        case registration = "webauthn.create"
        case authentication = "webauthn.get"
    }

    /// Checks what the client says (WebAuthn Level 2, sections 7.1 and 7.2, from the type to Token
    /// Binding), and returns its SHA-256, which the authenticator signs.
    func checkClientData(
        _ json: [UInt8], of ceremony: Ceremony, challenge: Challenge
    ) throws(WebAuthnError) -> [UInt8] {
        let data = try ClientData(json: json)
        guard data.type == ceremony.rawValue else {
            throw WebAuthnError(
                .wrongType,
                "the type is \(WebAuthnError.quoted(data.type)), not \(ceremony.rawValue)"
            )
        }
        guard challenge.matches(data.challenge) else {
            throw WebAuthnError(.wrongChallenge, "the challenge is not the one that was set")
        }
        guard origins.contains(where: { OriginText.isSame($0, data.origin) }) else {
            throw WebAuthnError(
                .wrongOrigin,
                "\(WebAuthnError.quoted(data.origin)) is not an origin of \(id)")
        }
        guard !data.isCrossOrigin, data.topOrigin == nil else {
            throw WebAuthnError(.crossOrigin, "the page was in a frame inside another site's page")
        }
        guard !data.usesTokenBinding else {
            throw WebAuthnError(
                .tokenBinding, "the client used Token Binding, which was not negotiated")
        }
        return SHA256.hash(json).bytes
    }

    /// Checks for whom the authenticator acted, and what it did with the user.
    func check(
        _ data: AuthenticatorData, requiresUserVerification: Bool
    ) throws(WebAuthnError) {
        guard constantTimeEqual(data.relyingPartyIDHash, SHA256.hash(Array(id.utf8)).bytes) else {
            throw WebAuthnError(
                .wrongRelyingParty, "the authenticator was not asked for the domain \(id)")
        }
        guard data.flags.contains(.userPresent) else {
            throw WebAuthnError(.userNotPresent, "the authenticator tested no user's presence")
        }
        guard !requiresUserVerification || data.flags.contains(.userVerified) else {
            throw WebAuthnError(.userNotVerified, "the authenticator did not verify the user")
        }
        guard data.flags.contains(.backupEligible) || !data.flags.contains(.backedUp) else {
            throw WebAuthnError(
                .inconsistentBackup, "the credential is backed up, but not eligible for it")
        }
    }
}
