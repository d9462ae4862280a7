/// Why a channel cannot be set up, or why what was given is not an address on it.
///
/// What becomes of a notice is no error: ``DeliveryAnswer`` and ``DeliveryStep`` say it. Functions that work on a
/// caller's own connection throw that one's `PostgreSQLError`, so that they fit into a caller's transaction.
public struct NoticeError: Error, Sendable, Equatable, CustomStringConvertible {
    private enum Kind: Sendable, Equatable {
        case malformedKey
        case malformedAddress
    }
    private let kind: Kind
    /// What is wrong, and what would be right.
    public let description: String

    /// A key or an account that a channel signs with cannot be read.
    static func malformedKey(_ description: String) -> NoticeError {
        NoticeError(kind: .malformedKey, description: description)
    }
    /// An address is not one of its kind.
    static func malformedAddress(_ description: String) -> NoticeError {
        NoticeError(kind: .malformedAddress, description: description)
    }

    /// A provider's file is not what it must be.
    public static func unreadable(_ file: String) -> NoticeError {
        NoticeError(
            kind: .malformedKey,
            description: "\(file) is not JSON with the fields that it must have")
    }

    /// Whether an address is not one of its kind: whoever gave it can be told so.
    public var isMalformedAddress: Bool { kind == .malformedAddress }
}
