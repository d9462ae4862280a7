internal import Cryptography

/// What an authenticator knows one of its credentials by (WebAuthn Level 2, section 4).
public struct CredentialID: Sendable, Hashable, CustomStringConvertible {
    /// The most bytes that an id has (Level 3, section 7.1).
    public static let maximumBytes = 1_023

    /// 1 to 1023 bytes.
    public let bytes: [UInt8]

    /// An id from its bytes.
    ///
    /// - Throws: `invalid_credential_id` if there are none, or more than 1023.
    public init(_ bytes: [UInt8]) throws(WebAuthnError) {
        guard (1...Self.maximumBytes).contains(bytes.count) else {
            throw WebAuthnError(
                .invalidCredentialID,
                "a credential id has 1 to \(Self.maximumBytes) bytes, not \(bytes.count)")
        }
        self.bytes = bytes
    }

    /// The id as base64url.
    public var description: String { Base64URL.encode(bytes) }
}

/// A credential as the options name it to the client (WebAuthn Level 2, section 5.8.3).
public struct CredentialDescriptor: Sendable, Equatable {
    /// Which credential.
    public let id: CredentialID
    /// How its authenticator may be reached, as the client told at the registration: `usb`,
    /// `internal` and the like (section 5.8.4). Empty if that is not known.
    public let transports: [String]

    /// A credential, with the hints that were stored with it.
    public init(id: CredentialID, transports: [String] = []) {
        self.id = id
        self.transports = transports
    }

    var json: JSONFragment {
        .object([
            ("type", .string("public-key")), ("id", .base64URL(id.bytes)),
            ("transports", transports.isEmpty ? nil : .array(transports.map(JSONFragment.string))),
        ])
    }
}
