/// Why bytes from a client, or values of the caller, were refused.
///
/// The code is for programs and never changes its meaning; the sentence is for people. Both are
/// safe to log: text that a client chose is quoted and cut short.
public struct WebAuthnError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What kind of refusal it is.
    public let code: Code
    /// What was wrong, as a sentence without its full stop.
    public let reason: String

    init(_ code: Code, _ reason: String) {
        self.code = code
        self.reason = reason
    }

    /// `code: reason`.
    public var description: String { "\(code.rawValue): \(reason)" }
}

extension WebAuthnError {
    /// The kinds of refusal; the raw values are stable.
    public enum Code: String, Sendable, CaseIterable {
        // MARK: The caller's own values

        /// A challenge of fewer than 16 or more than 64 bytes.
        case invalidChallenge = "invalid_challenge"
        /// A credential id that is empty or longer than 1023 bytes.
        case invalidCredentialID = "invalid_credential_id"
        /// A user handle that is empty or longer than 64 bytes, or a user without a name.
        case invalidUser = "invalid_user"
        /// An id or origin that a relying party cannot have.
        case invalidRelyingParty = "invalid_relying_party"
        /// Terms of a transfer, or a nonce, that no challenge can be made of.
        case invalidTransfer = "invalid_transfer"

        // MARK: Encodings

        /// More bytes than a response ever has.
        case tooLong = "too_long"
        /// Not base64url without padding.
        case malformedBase64URL = "malformed_base64url"
        /// Not JSON, or a name twice in one object.
        case malformedJSON = "malformed_json"
        /// Not CBOR, or CBOR outside the subset that authenticators write.
        case malformedCBOR = "malformed_cbor"
        /// A key twice in one map.
        case duplicateCBORKey = "duplicate_cbor_key"
        /// Maps and arrays nested too deep.
        case cborTooDeep = "cbor_too_deep"

        // MARK: The response

        /// A member of the response is missing or of the wrong type.
        case malformedResponse = "malformed_response"
        /// `id` and `rawId` differ, or the authenticator named another credential.
        case mismatchedID = "mismatched_id"
        /// A credential that is not a public key.
        case wrongCredentialType = "wrong_credential_type"

        // MARK: Client data

        /// A member of the client data is missing or of the wrong type.
        case malformedClientData = "malformed_client_data"
        /// Client data of another ceremony.
        case wrongType = "wrong_type"
        /// Client data for another challenge.
        case wrongChallenge = "wrong_challenge"
        /// Client data from an origin that is not the relying party's.
        case wrongOrigin = "wrong_origin"
        /// The ceremony ran in a frame inside another site's page.
        case crossOrigin = "cross_origin"
        /// The client believes that the connection uses Token Binding, which it never does.
        case tokenBinding = "token_binding"

        // MARK: Authenticator data

        /// Authenticator data of a wrong length, or without what its flags promise.
        case malformedAuthenticatorData = "malformed_authenticator_data"
        /// Made for another relying party's id.
        case wrongRelyingParty = "wrong_relying_party"
        /// No test of user presence.
        case userNotPresent = "user_not_present"
        /// No verification of the user, which was required.
        case userNotVerified = "user_not_verified"
        /// Backed up, though not eligible for backup.
        case inconsistentBackup = "inconsistent_backup"
        /// Eligible for backup where the registered credential was not, or the reverse.
        case backupEligibilityChanged = "backup_eligibility_changed"

        // MARK: Keys

        /// A COSE key whose parameters are missing, superfluous or of the wrong type.
        case malformedKey = "malformed_key"
        /// An algorithm or curve that this module cannot verify.
        case unsupportedKey = "unsupported_key"
        /// Coordinates of no point on the key's curve.
        case invalidPoint = "invalid_point"
        /// An RSA modulus of fewer than 2048 or more than 4096 bits.
        case wrongKeySize = "wrong_key_size"
        /// A key under which signatures prove nothing.
        case weakKey = "weak_key"
        /// A key for an algorithm that the options did not offer.
        case algorithmNotOffered = "algorithm_not_offered"

        // MARK: Attestation

        /// An attestation object or statement without the members it must have.
        case malformedAttestation = "malformed_attestation"
        /// An attestation statement format other than `none` and `packed`.
        case unsupportedAttestation = "unsupported_attestation"
        /// A `packed` statement with certificates, whose chain this module cannot judge.
        case certifiedAttestation = "certified_attestation"
        /// A self attestation that names another algorithm than its key's.
        case algorithmMismatch = "algorithm_mismatch"

        // MARK: Signatures and their owner

        /// The signature is not the key's over these bytes.
        case wrongSignature = "wrong_signature"
        /// An assertion by another credential than the one it is checked against.
        case wrongCredential = "wrong_credential"
        /// An assertion for another user than the credential's owner.
        case wrongUserHandle = "wrong_user_handle"
        /// An assertion that does not say whose it is, where that was required.
        case missingUserHandle = "missing_user_handle"
        /// The signature counter did not grow: the authenticator may have been cloned.
        case counterWentBack = "counter_went_back"
    }

    /// Text that a client chose, so that a message can carry it: short, and without control
    /// characters.
    static func quoted(_ text: String) -> String {
        let limit = 80
        var shown = String.UnicodeScalarView()
        shown.append(contentsOf: text.unicodeScalars.prefix(limit))
        let isCut = text.unicodeScalars.dropFirst(limit).first != nil
        return String(shown).debugDescription + (isCut ? "..." : "")
    }
}
