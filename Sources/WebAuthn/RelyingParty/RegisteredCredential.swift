/// A credential that was registered: what the caller stores of it, with its owner's account.
public struct RegisteredCredential: Sendable, Equatable {
    /// What the authenticator knows it by. No two accounts may have the same.
    public let id: CredentialID
    /// What its signatures are verified with; stored as its ``COSEKey/bytes``.
    public let publicKey: COSEKey
    /// The authenticator's count of signatures at the last ceremony; 0 if it does not count.
    public let signCount: UInt32
    /// Whether it may be backed up, as passkeys that devices share are. Never changes.
    public let isBackupEligible: Bool
    /// Whether it was backed up at the last ceremony.
    public let isBackedUp: Bool
    /// How its authenticator may be reached, as the client told.
    public let transports: [String]
    /// The authenticator's model; zero if the client hid it.
    public let aaguid: AAGUID

    /// A credential as it was stored.
    public init(
        id: CredentialID, publicKey: COSEKey, signCount: UInt32, isBackupEligible: Bool,
        isBackedUp: Bool, transports: [String], aaguid: AAGUID
    ) {
        self.id = id
        self.publicKey = publicKey
        self.signCount = signCount
        self.isBackupEligible = isBackupEligible
        self.isBackedUp = isBackedUp
        self.transports = transports
        self.aaguid = aaguid
    }

    /// As options name it.
    public var descriptor: CredentialDescriptor {
        CredentialDescriptor(id: id, transports: transports)
    }
}

/// A signature that was accepted.
public struct Assertion: Sendable, Equatable {
    /// The credential with its new count and backup state, to be stored in the old one's place.
    public let credential: RegisteredCredential
    /// Whether the authenticator verified the user.
    public let isUserVerified: Bool
}
