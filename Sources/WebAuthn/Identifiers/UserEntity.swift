/// What an authenticator knows a user account by (WebAuthn Level 2, sections 5.4.3 and 14.6.1):
/// random, and nothing that says who the person is.
public struct UserHandle: Sendable, Hashable {
    /// The most bytes that a handle has.
    public static let maximumBytes = 64

    /// 1 to 64 bytes.
    public let bytes: [UInt8]

    /// A handle from its bytes.
    ///
    /// - Throws: `invalid_user` if there are none, or more than 64.
    public init(_ bytes: [UInt8]) throws(WebAuthnError) {
        guard (1...Self.maximumBytes).contains(bytes.count) else {
            throw WebAuthnError(
                .invalidUser,
                "a user handle has 1 to \(Self.maximumBytes) bytes, not \(bytes.count)")
        }
        self.bytes = bytes
    }
}

/// The user account that a credential is made for (WebAuthn Level 2, section 5.4.3).
public struct UserEntity: Sendable, Equatable {
    /// What the authenticator knows the account by.
    public let handle: UserHandle
    /// What the user knows the account by, such as an e-mail address.
    public let name: String
    /// What the user likes to be called; may be empty.
    public let displayName: String

    /// An account.
    ///
    /// - Throws: `invalid_user` if the name is empty.
    public init(
        handle: UserHandle, name: String, displayName: String
    ) throws(WebAuthnError) {
        guard !name.isEmpty else { throw WebAuthnError(.invalidUser, "a user has a name") }
        self.handle = handle
        self.name = name
        self.displayName = displayName
    }
}
