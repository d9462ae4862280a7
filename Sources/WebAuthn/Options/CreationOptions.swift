/// How much the relying party wants the authenticator to verify who the user is (WebAuthn Level 2,
/// section 5.8.6).
public enum UserVerification: String, Sendable, CaseIterable {
    /// The ceremony fails without.
    case required
    /// If the authenticator can.
    case preferred
    /// Rather not.
    case discouraged
}

/// Whether the authenticator should store the credential so that it can be found without its id
/// (WebAuthn Level 2, section 5.4.6).
public enum ResidentKey: String, Sendable, CaseIterable {
    /// The ceremony fails without.
    case required
    /// If the authenticator can.
    case preferred
    /// Rather not.
    case discouraged
}

/// What a client needs for making a credential (WebAuthn Level 2, section 5.4). No attestation is
/// asked for.
public struct CreationOptions: Sendable {
    /// Who wants the credential.
    public let relyingParty: RelyingParty
    /// Whose it will be.
    public let user: UserEntity
    /// What the answer is for.
    public let challenge: Challenge
    /// The algorithms that are accepted, the best first.
    public let algorithms: [COSEKey.Algorithm]
    /// Credentials whose authenticators must not make another one: those the user has.
    public let excluding: [CredentialDescriptor]
    /// Whether the authenticator stores the credential.
    public let residentKey: ResidentKey
    /// Whether the user is verified.
    public let userVerification: UserVerification
    /// How long the client waits for the user, in milliseconds; nil leaves that to the client.
    public let timeoutMilliseconds: UInt32?

    /// Level 3's `PublicKeyCredentialCreationOptionsJSON` (section 5.1.8), as UTF-8, which
    /// `PublicKeyCredential.parseCreationOptionsFromJSON()` takes. Members come in the standard's
    /// order, without white space.
    public var json: [UInt8] {
        let selection = JSONFragment.object([
            ("residentKey", .string(residentKey.rawValue)),
            // Clients of Level 1 know only this one.
            ("requireResidentKey", .bool(residentKey == .required)),
            ("userVerification", .string(userVerification.rawValue)),
        ])
        return JSONFragment.object([
            (
                "rp",
                .object([("id", .string(relyingParty.id)), ("name", .string(relyingParty.name))])
            ),
            (
                "user",
                .object([
                    ("id", .base64URL(user.handle.bytes)), ("name", .string(user.name)),
                    ("displayName", .string(user.displayName)),
                ])
            ),
            ("challenge", .base64URL(challenge.bytes)),
            (
                "pubKeyCredParams",
                .array(
                    algorithms.map {
                        .object([
                            ("type", .string("public-key")), ("alg", .integer($0.rawValue)),
                        ])
                    })
            ),
            ("timeout", timeoutMilliseconds.map(JSONFragment.integer)),
            ("excludeCredentials", .array(excluding.map(\.json))),
            ("authenticatorSelection", selection),
            ("attestation", .string("none")),
        ]).bytes
    }
}
