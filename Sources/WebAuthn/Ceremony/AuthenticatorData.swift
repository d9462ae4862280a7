/// What an authenticator says about a ceremony and signs (WebAuthn Level 2, section 6.1).
public struct AuthenticatorData: Sendable, Equatable {
    /// SHA-256 of the relying party's id that the authenticator was given.
    public let relyingPartyIDHash: [UInt8]
    /// What the authenticator did and has.
    public let flags: Flags
    /// How many signatures the authenticator counts; 0 if it does not count.
    public let signCount: UInt32
    /// The credential that was made; nil where none was.
    public let attestedCredential: AttestedCredential?
    /// The extensions' outputs, a map; nil if there are none.
    public let extensions: CBOR?

    /// The bits of the flags byte; those that have no name yet are kept.
    public struct Flags: OptionSet, Sendable {
        /// The byte.
        public let rawValue: UInt8
        /// Flags from their byte.
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        /// UP: a person was there, and did something.
        public static let userPresent = Flags(rawValue: 1 << 0)
        /// UV: the authenticator verified who it was.
        public static let userVerified = Flags(rawValue: 1 << 2)
        /// BE: the credential may be backed up (Level 3, section 6.1.3).
        public static let backupEligible = Flags(rawValue: 1 << 3)
        /// BS: the credential is backed up (Level 3, section 6.1.3).
        public static let backedUp = Flags(rawValue: 1 << 4)
        /// AT: attested credential data follow.
        public static let attestedCredential = Flags(rawValue: 1 << 6)
        /// ED: extension data follow.
        public static let extensions = Flags(rawValue: 1 << 7)
    }

    /// A credential that was made (section 6.5.1).
    public struct AttestedCredential: Sendable, Equatable {
        /// The authenticator's model.
        public let aaguid: AAGUID
        /// What the authenticator knows it by.
        public let id: CredentialID
        /// Its public key.
        public let publicKey: COSEKey
    }
}

/// The model of an authenticator, as its maker chose it (WebAuthn Level 2, section 6.5.1); zero if
/// the client hid it.
public struct AAGUID: Sendable, Hashable, CustomStringConvertible {
    /// 16 bytes.
    public let bytes: [UInt8]

    /// A model from its bytes; nil unless there are exactly 16.
    public init?(_ bytes: [UInt8]) {
        guard bytes.count == 16 else { return nil }
        self.bytes = bytes
    }

    /// In the form of a UUID (RFC 9562, section 4), lower case.
    public var description: String {
        let digits = bytes.map { byte in
            let text = String(byte, radix: 16)
            return byte < 16 ? "0" + text : text
        }
        return [0..<4, 4..<6, 6..<8, 8..<10, 10..<16].map { digits[$0].joined() }
            .joined(separator: "-")
    }
}
