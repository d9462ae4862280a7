/// What `navigator.credentials.create()` gave: a new credential (WebAuthn Level 2, section 5.2.1).
/// Nothing in it is to be believed before a ``RelyingParty`` has verified it.
public struct RegistrationResponse: Sendable, Equatable {
    /// The new credential's id.
    public let id: CredentialID
    /// What the client says, as JSON.
    public let clientDataJSON: [UInt8]
    /// What the authenticator says, as CBOR.
    public let attestationObject: [UInt8]
    /// How the authenticator may be reached: `usb`, `internal` and the like.
    public let transports: [String]

    /// How many transports are kept, and how many bytes each has at most.
    private static let maximumTransports = (count: 16, bytes: 32)

    /// A response from its parts.
    ///
    /// - Throws: `too_long` for a part of more than 65536 bytes; `malformed_response` for more than
    ///   16 transports, or one of more than 32 bytes.
    public init(
        id: CredentialID, clientDataJSON: [UInt8], attestationObject: [UInt8],
        transports: [String] = []
    ) throws(WebAuthnError) {
        try ResponseJSON.checkLength(clientDataJSON, "the client data")
        try ResponseJSON.checkLength(attestationObject, "the attestation object")
        let most = Self.maximumTransports
        guard transports.count <= most.count,
            transports.allSatisfy({ $0.utf8.count <= most.bytes })
        else {
            throw WebAuthnError(
                .malformedResponse,
                "there are at most \(most.count) transports of at most \(most.bytes) bytes")
        }
        self.id = id
        self.clientDataJSON = clientDataJSON
        self.attestationObject = attestationObject
        self.transports = transports
    }

    /// A response from the JSON that a client's `credential.toJSON()` gives: Level 3's
    /// `RegistrationResponseJSON` (section 5.1). Its other members are passed over.
    ///
    /// - Throws: `malformed_json`, `malformed_base64url`, `malformed_response`, `mismatched_id`,
    ///   `wrong_credential_type`, `invalid_credential_id` or `too_long`.
    public init(json: [UInt8]) throws(WebAuthnError) {
        let parts = try ResponseJSON(json)
        try self.init(
            id: parts.id, clientDataJSON: parts.bytes("clientDataJSON"),
            attestationObject: parts.bytes("attestationObject"),
            transports: parts.strings("transports"))
    }
}
