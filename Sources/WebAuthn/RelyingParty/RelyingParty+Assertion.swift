extension RelyingParty {
    /// Checks a signature by a credential (WebAuthn Level 2, section 7.2).
    ///
    /// - Parameters:
    ///   - response: What the client sent.
    ///   - challenge: That of the options.
    ///   - credential: The one that was stored under the response's id. Where the options allowed
    ///     only some, that it is among them is for the caller to see to.
    ///   - owner: The handle of the account that it was stored with.
    ///   - requiresUserVerification: Whether the user must have been verified.
    ///   - requiresUserHandle: Whether the response must say whose the credential is: true where
    ///     nothing else, such as a session, told who the user is.
    /// - Returns: The credential as it is to be stored from now on.
    /// - Throws: ``WebAuthnError`` with the code of the first check that fails: of the owner, the
    ///   client data, the authenticator data, the signature, then the counter. A caller may want to
    ///   flag the credential on `counter_went_back`, which only its key's holder can bring about.
    public func verify(
        assertion response: AuthenticationResponse, challenge: Challenge,
        credential: RegisteredCredential, expectedUserHandle owner: UserHandle,
        requiresUserVerification: Bool, requiresUserHandle: Bool = false
    ) throws(WebAuthnError) -> Assertion {
        try check(response, credential, owner, requiresUserHandle)
        let clientDataHash = try checkClientData(
            response.clientDataJSON, of: .authentication, challenge: challenge)
        let data = try AuthenticatorData(response.authenticatorData)
        try check(data, requiresUserVerification: requiresUserVerification)
        guard data.flags.contains(.backupEligible) == credential.isBackupEligible else {
            throw WebAuthnError(
                .backupEligibilityChanged,
                "whether the credential may be backed up is not as it was registered")
        }
        guard
            credential.publicKey.isValid(
                signature: response.signature, for: response.authenticatorData + clientDataHash)
        else {
            throw WebAuthnError(.wrongSignature, "the signature is not the credential's")
        }
        // Authenticators that do not count always say 0.
        guard
            data.signCount > credential.signCount
                || (data.signCount, credential.signCount) == (0, 0)
        else {
            throw WebAuthnError(
                .counterWentBack,
                "the signature counter is \(data.signCount) after \(credential.signCount)")
        }
        return Assertion(
            credential: RegisteredCredential(
                id: credential.id, publicKey: credential.publicKey, signCount: data.signCount,
                isBackupEligible: credential.isBackupEligible,
                isBackedUp: data.flags.contains(.backedUp), transports: credential.transports,
                aaguid: credential.aaguid),
            isUserVerified: data.flags.contains(.userVerified))
    }

    /// Whether the response is by this credential, and for its owner.
    private func check(
        _ response: AuthenticationResponse, _ credential: RegisteredCredential,
        _ owner: UserHandle, _ requiresUserHandle: Bool
    ) throws(WebAuthnError) {
        guard response.id == credential.id else {
            throw WebAuthnError(.wrongCredential, "another credential signed")
        }
        guard let handle = response.userHandle else {
            guard !requiresUserHandle else {
                throw WebAuthnError(
                    .missingUserHandle, "the response does not say whose the credential is")
            }
            return
        }
        guard handle == owner else {
            throw WebAuthnError(.wrongUserHandle, "the response is for another user")
        }
    }
}
