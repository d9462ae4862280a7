/// What a registration brings: authenticator data, and a statement about where they come from
/// (WebAuthn Level 2, section 6.5.4).
struct AttestationObject {
    /// The statement's format, such as `none`.
    let format: String
    /// The statement: a map whose keys depend on the format.
    let statement: CBOR
    /// The authenticator data, as they were signed.
    let authenticatorData: [UInt8]

    init(_ bytes: [UInt8]) throws(WebAuthnError) {
        let value = try CBOR.decode(bytes)
        guard let format = value["fmt"]?.text, let data = value["authData"]?.bytes,
            let statement = value["attStmt"], statement.entryCount != nil
        else {
            throw WebAuthnError(
                .malformedAttestation,
                "an attestation object has a text fmt, a map attStmt and a byte string authData")
        }
        self.format = format
        self.statement = statement
        authenticatorData = data
    }

    /// Checks that the statement is the empty one, or signed with the credential's own key.
    ///
    /// - Parameters:
    ///   - key: The key in the authenticator data.
    ///   - clientDataHash: SHA-256 of the client data.
    func verifyStatement(
        _ key: COSEKey, clientDataHash: [UInt8]
    ) throws(WebAuthnError) {
        switch format {
        case "none":
            guard statement.entryCount == 0 else {
                throw WebAuthnError(
                    .malformedAttestation, "a statement of the format none is empty")
            }
        case "packed": try verifySelfAttestation(key, clientDataHash)
        default:
            throw WebAuthnError(
                .unsupportedAttestation,
                "the attestation format \(WebAuthnError.quoted(format)) is neither none nor packed")
        }
    }

    /// Section 8.2, for a statement without certificates.
    private func verifySelfAttestation(
        _ key: COSEKey, _ clientDataHash: [UInt8]
    ) throws(WebAuthnError) {
        guard statement["x5c"] == nil else {
            throw WebAuthnError(
                .certifiedAttestation, "attestation by certificates is not asked for or judged")
        }
        guard let algorithm = statement["alg"]?.integer, let signature = statement["sig"]?.bytes,
            statement.entryCount == 2
        else {
            throw WebAuthnError(
                .malformedAttestation,
                "a packed self attestation has a number alg and a byte string sig")
        }
        guard algorithm == key.algorithm.rawValue else {
            throw WebAuthnError(
                .algorithmMismatch,
                "the statement's algorithm is \(algorithm), the key's \(key.algorithm.rawValue)")
        }
        guard key.isValid(signature: signature, for: authenticatorData + clientDataHash) else {
            throw WebAuthnError(
                .wrongSignature, "the attestation's signature is not the credential's")
        }
    }
}
