public import EventLog

/// What an ``Identifier`` identifies; only told apart by the compiler.
public enum IdentifierKind {
    /// A person.
    public enum Person {}
    /// A device that a person signs in with.
    public enum Device {}
    /// One sign-in of a person on a device, until it is ended.
    public enum Session {}
    /// A code that was sent to somebody, to see whether it comes back.
    public enum Verification {}
    /// An e-mail address or telephone number of a person.
    public enum Contact {}
    /// What a passkey is asked to sign.
    public enum PasskeyChallenge {}
}

/// An identifier that is shown outside: a UUID of version 7 (RFC 9562).
public struct Identifier<Kind>: Hashable, Sendable, CustomStringConvertible {
    /// Its 128 bits.
    public var uuid: TransferID

    /// The identifier of these bits.
    public init(_ uuid: TransferID) { self.uuid = uuid }

    /// A new one, made at `now`.
    public init(at now: Timestamp) {
        var random = SystemRandomNumberGenerator()
        uuid = TransferID(milliseconds: now.rawValue / 1_000, random: &random)
    }

    /// Reads the canonical text, in either case; nil for anything else.
    public init?(_ text: String) {
        guard let uuid = TransferID(text) else { return nil }
        self.uuid = uuid
    }

    /// The canonical text.
    public var description: String { uuid.description }
}

/// Identifies a person.
public typealias PersonID = Identifier<IdentifierKind.Person>
/// Identifies a device of a person.
public typealias DeviceID = Identifier<IdentifierKind.Device>
/// Identifies a session.
public typealias SessionID = Identifier<IdentifierKind.Session>
/// Identifies a code that was sent.
public typealias VerificationID = Identifier<IdentifierKind.Verification>
/// Identifies a contact of a person.
public typealias ContactID = Identifier<IdentifierKind.Contact>
/// Identifies a question that a passkey is to answer.
public typealias PasskeyChallengeID = Identifier<IdentifierKind.PasskeyChallenge>
