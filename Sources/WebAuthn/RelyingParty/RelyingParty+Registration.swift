extension RelyingParty {
    /// Checks a new credential (WebAuthn Level 2, section 7.1, as far as it goes without
    /// certificates).
    ///
    /// Accepted are the attestation formats `none` and, signed with the credential's own key,
    /// `packed`. That no other account has the credential's id is for the caller to see to.
    /// Extensions are asked for by no options and passed over.
    ///
    /// - Parameters:
    ///   - response: What the client sent.
    ///   - challenge: That of the options.
    ///   - requiresUserVerification: Whether the user must have been verified.
    ///   - algorithms: Those of the options.
    /// - Returns: The credential, to be stored with the account that the options named.
    /// - Throws: ``WebAuthnError`` with the code of the first check that fails: of the client data,
    ///   then the authenticator data, then the attestation.
    public func verify(
        registration response: RegistrationResponse, challenge: Challenge,
        requiresUserVerification: Bool,
        algorithms: [COSEKey.Algorithm] = COSEKey.Algorithm.allCases
    ) throws(WebAuthnError) -> RegisteredCredential {
        let clientDataHash = try checkClientData(
            response.clientDataJSON, of: .registration, challenge: challenge)
        let attestation = try AttestationObject(response.attestationObject)
        let data = try AuthenticatorData(attestation.authenticatorData)
        try check(data, requiresUserVerification: requiresUserVerification)
        guard let made = data.attestedCredential else {
            throw WebAuthnError(
                .malformedAuthenticatorData, "the authenticator data name no new credential")
        }
        guard made.id == response.id else {
            throw WebAuthnError(
                .mismatchedID, "the client and the authenticator name different credentials")
        }
        guard algorithms.contains(made.publicKey.algorithm) else {
            throw WebAuthnError(
                .algorithmNotOffered,
                "the key's algorithm \(made.publicKey.algorithm.rawValue) was not offered")
        }
        try attestation.verifyStatement(made.publicKey, clientDataHash: clientDataHash)
        return RegisteredCredential(
            id: made.id, publicKey: made.publicKey, signCount: data.signCount,
            isBackupEligible: data.flags.contains(.backupEligible),
            isBackedUp: data.flags.contains(.backedUp), transports: response.transports,
            aaguid: made.aaguid)
    }
}
