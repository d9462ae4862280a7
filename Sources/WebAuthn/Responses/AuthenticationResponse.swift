/// What `navigator.credentials.get()` gave: a signature by a credential (WebAuthn Level 2, section
/// 5.2.2). Nothing in it is to be believed before a ``RelyingParty`` has verified it.
public struct AuthenticationResponse: Sendable, Equatable {
    /// The credential that signed.
    public let id: CredentialID
    /// What the client says, as JSON.
    public let clientDataJSON: [UInt8]
    /// What the authenticator says.
    public let authenticatorData: [UInt8]
    /// The credential's signature over both.
    public let signature: [UInt8]
    /// Whose the credential is, as the authenticator remembers it; nil if it does not.
    public let userHandle: UserHandle?

    /// A response from its parts.
    ///
    /// - Throws: `too_long` for a part of more than 65536 bytes.
    public init(
        id: CredentialID, clientDataJSON: [UInt8], authenticatorData: [UInt8],
        signature: [UInt8], userHandle: UserHandle?
    ) throws(WebAuthnError) {
        try ResponseJSON.checkLength(clientDataJSON, "the client data")
        try ResponseJSON.checkLength(authenticatorData, "the authenticator data")
        try ResponseJSON.checkLength(signature, "the signature")
        self.id = id
        self.clientDataJSON = clientDataJSON
        self.authenticatorData = authenticatorData
        self.signature = signature
        self.userHandle = userHandle
    }

    /// A response from the JSON that a client's `credential.toJSON()` gives: Level 3's
    /// `AuthenticationResponseJSON` (section 5.1). Its other members are passed over. An empty
    /// user handle, which some clients write for none, is none.
    ///
    /// - Throws: `malformed_json`, `malformed_base64url`, `malformed_response`, `mismatched_id`,
    ///   `wrong_credential_type`, `invalid_credential_id`, `invalid_user` or `too_long`.
    public init(json: [UInt8]) throws(WebAuthnError) {
        let parts = try ResponseJSON(json)
        let handle = try parts.optionalBytes("userHandle") ?? []
        try self.init(
            id: parts.id, clientDataJSON: parts.bytes("clientDataJSON"),
            authenticatorData: parts.bytes("authenticatorData"),
            signature: parts.bytes("signature"),
            userHandle: handle.isEmpty ? nil : UserHandle(handle))
    }
}
