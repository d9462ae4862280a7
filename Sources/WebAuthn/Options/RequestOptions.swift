/// What a client needs for asking a credential for a signature (WebAuthn Level 2, section 5.5).
public struct RequestOptions: Sendable {
    /// The id of who asks.
    public let relyingPartyID: String
    /// What is signed.
    public let challenge: Challenge
    /// The credentials that may sign; empty for any that the authenticator finds by itself.
    public let allowing: [CredentialDescriptor]
    /// Whether the user is verified.
    public let userVerification: UserVerification
    /// How long the client waits for the user, in milliseconds; nil leaves that to the client.
    public let timeoutMilliseconds: UInt32?

    /// Level 3's `PublicKeyCredentialRequestOptionsJSON` (section 5.1.9), as UTF-8, which
    /// `PublicKeyCredential.parseRequestOptionsFromJSON()` takes. Members come in the standard's
    /// order, without white space.
    public var json: [UInt8] {
        JSONFragment.object([
            ("challenge", .base64URL(challenge.bytes)),
            ("timeout", timeoutMilliseconds.map(JSONFragment.integer)),
            ("rpId", .string(relyingPartyID)),
            ("allowCredentials", .array(allowing.map(\.json))),
            ("userVerification", .string(userVerification.rawValue)),
        ]).bytes
    }
}
