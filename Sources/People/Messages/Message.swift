public import Identity
public import Logging

/// Something that is told to a person by e-mail or text message.
public struct Message: Sendable, Equatable {
    /// What it is about.
    public enum Content: Sendable, Equatable {
        /// The code that shows that the person reads what is sent there.
        case verification(OneTimeDigits, VerificationID)
        /// Somebody, perhaps the person, tried to register with a contact that is known.
        case alreadyRegistered
        /// Somebody asked for a new password for an address that nobody has.
        case notRegistered
        /// Somebody signed in with a device not seen before.
        case newDevice
        /// The password was changed.
        case passwordChanged
        /// A second factor was added or taken away.
        case secondFactorChanged
        /// A token was used twice, so that the session was ended.
        case sessionEndedForReuse
    }
    /// Where it goes.
    public let to: ContactPoint
    /// What it is about.
    public let content: Content
}

/// The six digits of a code that is sent.
public typealias OneTimeDigits = String

/// Sends messages to people. Called once a message, off the path of whoever waits for an answer.
public protocol MessageSending: Sendable {
    /// Sends a message, or gives up.
    func send(_ message: Message) async
}

/// For development: writes codes to the log, and of addresses no more than their owners need to know them by.
public struct LoggedMessages: MessageSending {
    private let logger: Logger

    /// Writes to `logger`.
    public init(_ logger: Logger) { self.logger = logger }

    /// Writes it.
    public func send(_ message: Message) async {
        var metadata: Logger.Metadata = ["to": "\(message.to.masked)"]
        switch message.content {
        case .verification(let digits, let id):
            metadata["code"] = "\(digits)"
            metadata["verification"] = "\(id)"
            logger.notice("a code was sent", metadata: metadata)
        case let content:
            logger.notice(
                "a message was sent", metadata: metadata.merging(["about": "\(content)"]) { $1 })
        }
    }
}
