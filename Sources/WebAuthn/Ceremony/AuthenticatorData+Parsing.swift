extension AuthenticatorData {
    /// Authenticator data from their bytes: 37, and what the flags say that follows.
    ///
    /// - Throws: `malformed_authenticator_data` if bytes are missing or left over, or if the
    ///   extensions are no map; `invalid_credential_id` for an empty or too long one; what
    ///   ``CBOR/decode(_:)`` and ``COSEKey/init(_:)`` throw.
    public init(_ bytes: [UInt8]) throws(WebAuthnError) {
        var reader = ByteReader(bytes)
        guard let hash = reader.take(32), let byte = reader.number(bytes: 1),
            let count = reader.number(bytes: 4)
        else {
            throw WebAuthnError(
                .malformedAuthenticatorData,
                "authenticator data have at least 37 bytes, not \(bytes.count)")
        }
        relyingPartyIDHash = Array(hash)
        flags = Flags(rawValue: UInt8(truncatingIfNeeded: byte))
        signCount = UInt32(truncatingIfNeeded: count)

        var end = reader.position
        if flags.contains(.attestedCredential) {
            (attestedCredential, end) = try Self.attestedCredential(in: bytes, from: end)
        } else {
            attestedCredential = nil
        }
        if flags.contains(.extensions) {
            let (value, extensionsEnd) = try CBOR.decode(prefixOf: bytes, from: end)
            guard case .map = value else {
                throw WebAuthnError(.malformedAuthenticatorData, "the extensions are no map")
            }
            extensions = value
            end = extensionsEnd
        } else {
            extensions = nil
        }
        guard end == bytes.count else {
            throw WebAuthnError(
                .malformedAuthenticatorData,
                "\(bytes.count - end) bytes follow what the flags announce")
        }
    }

    private static func attestedCredential(
        in bytes: [UInt8], from start: Int
    ) throws(WebAuthnError) -> (AttestedCredential, end: Int) {
        var reader = ByteReader(bytes, from: start)
        guard let model = reader.take(16).flatMap({ AAGUID(Array($0)) }),
            let length = reader.number(bytes: 2)
        else {
            throw WebAuthnError(
                .malformedAuthenticatorData, "the attested credential data end early")
        }
        // Its length is judged before whether so many bytes are there.
        guard length <= CredentialID.maximumBytes else {
            throw WebAuthnError(
                .invalidCredentialID,
                "a credential id has at most \(CredentialID.maximumBytes) bytes, not \(length)")
        }
        guard let id = reader.take(Int(length)) else {
            throw WebAuthnError(.malformedAuthenticatorData, "the credential id ends early")
        }
        // Nothing but CBOR tells where the key ends and the extensions begin.
        let (value, end) = try CBOR.decode(prefixOf: bytes, from: reader.position)
        let key = try COSEKey(value, bytes: Array(bytes[reader.position..<end]))
        let credential = AttestedCredential(
            aaguid: model, id: try CredentialID(Array(id)), publicKey: key)
        return (credential, end)
    }
}
