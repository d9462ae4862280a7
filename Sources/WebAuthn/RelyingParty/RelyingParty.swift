/// The site or service that credentials are made for (WebAuthn Level 2, section 4): makes options
/// for clients and checks what comes back.
///
/// It remembers nothing. Challenges and credentials are the caller's to store, and each challenge
/// is to be taken back once, whatever the answer was.
///
/// ```swift
/// let party = try RelyingParty(
///     id: "wallet.example", name: "Wallet", origins: ["https://wallet.example"])
/// let options = party.requestOptions(challenge: challenge, allowing: [credential.descriptor])
/// // The client answers.
/// let assertion = try party.verify(
///     assertion: try AuthenticationResponse(json: body), challenge: challenge,
///     credential: credential, expectedUserHandle: owner, requiresUserVerification: true)
/// ```
public struct RelyingParty: Sendable, Equatable {
    /// The domain that credentials are bound to, such as `wallet.example`.
    public let id: String
    /// What users know it by.
    public let name: String
    /// The origins whose pages or apps may run ceremonies, exactly as clients write them.
    public let origins: [String]

    /// A relying party.
    ///
    /// - Parameters:
    ///   - id: A domain in lower case, without scheme and port; `localhost` for development.
    ///   - name: What users know it by; not empty.
    ///   - origins: At least one. Each is `https://` and the id or a domain below it, with a port
    ///     if it is not the usual one; `http://` for `localhost` alone; or
    ///     `android:apk-key-hash:` and the hash of an app's certificate.
    /// - Throws: `invalid_relying_party`.
    public init(id: String, name: String, origins: [String]) throws(WebAuthnError) {
        guard OriginText.isDomain(id) else {
            throw WebAuthnError(
                .invalidRelyingParty,
                "\(WebAuthnError.quoted(id)) is not a domain in lower case")
        }
        guard !name.isEmpty else {
            throw WebAuthnError(.invalidRelyingParty, "a relying party has a name")
        }
        guard !origins.isEmpty else {
            throw WebAuthnError(.invalidRelyingParty, "a relying party has an origin")
        }
        for origin in origins where !OriginText.isOrigin(origin, of: id) {
            throw WebAuthnError(
                .invalidRelyingParty,
                "\(WebAuthnError.quoted(origin)) is not an origin of the domain \(id)")
        }
        self.id = id
        self.name = name
        self.origins = origins
    }

    // MARK: - Options

    /// What a client needs for making a credential.
    ///
    /// - Parameters:
    ///   - user: Whose it will be.
    ///   - challenge: Fresh, and to be kept for the answer.
    ///   - excluding: The credentials that the user has.
    ///   - algorithms: Those that are accepted, the best first; the same when the answer is
    ///     checked.
    ///   - residentKey: Whether the authenticator stores the credential.
    ///   - userVerification: Whether the user is verified.
    ///   - timeoutMilliseconds: How long the client waits for the user; nil leaves that to it.
    public func creationOptions(
        for user: UserEntity, challenge: Challenge, excluding: [CredentialDescriptor] = [],
        algorithms: [COSEKey.Algorithm] = COSEKey.Algorithm.allCases,
        residentKey: ResidentKey = .preferred, userVerification: UserVerification = .required,
        timeoutMilliseconds: UInt32? = nil
    ) -> CreationOptions {
        CreationOptions(
            relyingParty: self, user: user, challenge: challenge, algorithms: algorithms,
            excluding: excluding, residentKey: residentKey, userVerification: userVerification,
            timeoutMilliseconds: timeoutMilliseconds)
    }

    /// What a client needs for asking a credential for a signature.
    ///
    /// - Parameters:
    ///   - challenge: Fresh, and to be kept for the answer.
    ///   - allowing: The credentials that may sign; empty for any that the authenticator finds.
    ///   - userVerification: Whether the user is verified.
    ///   - timeoutMilliseconds: How long the client waits for the user; nil leaves that to it.
    public func requestOptions(
        challenge: Challenge, allowing: [CredentialDescriptor] = [],
        userVerification: UserVerification = .required, timeoutMilliseconds: UInt32? = nil
    ) -> RequestOptions {
        RequestOptions(
            relyingPartyID: id, challenge: challenge, allowing: allowing,
            userVerification: userVerification, timeoutMilliseconds: timeoutMilliseconds)
    }
}
