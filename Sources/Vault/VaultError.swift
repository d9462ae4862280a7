/// Why something could not be sealed or opened.
public struct VaultError: Error, Sendable, Equatable, CustomStringConvertible {
    private enum Reason: Sendable, Equatable {
        case notOurs(String)
        case unknownMasterKey(String)
        case malformedKey(String)
        case unavailable(String)
        case erased
    }
    private let reason: Reason

    private init(_ reason: Reason) { self.reason = reason }

    /// What was sealed is damaged, or was sealed under another key or as another field.
    public static func notOurs(_ field: String) -> VaultError { VaultError(.notOurs(field)) }
    /// The key that wrapped something is not in the keyring.
    static func unknownMasterKey(_ id: String) -> VaultError { VaultError(.unknownMasterKey(id)) }
    /// The key was destroyed, and with it all that it sealed.
    public static let erased = VaultError(.erased)
    /// The hardware that holds a master key does not do what it is asked.
    ///
    /// - Parameter reason: what it said, as a clause.
    public static func unavailable(_ reason: String) -> VaultError {
        VaultError(.unavailable(reason))
    }
    /// A key has not the length it must have.
    static func malformedKey(_ what: String) -> VaultError { VaultError(.malformedKey(what)) }

    /// Whether a master key is missing rather than something damaged.
    public var isUnknownMasterKey: Bool {
        if case .unknownMasterKey = reason { true } else { false }
    }

    /// Whether a master key cannot be used now, so that the same may well succeed later.
    public var isUnavailable: Bool {
        if case .unavailable = reason { true } else { false }
    }

    /// What is wrong, and what would be right.
    public var description: String {
        switch reason {
        case .notOurs(let field):
            "the sealed \(field) is damaged, or was sealed under another key"
        case .unknownMasterKey(let id):
            "the master key \(id) is not there: keys that still wrap others must be kept until all are wrapped anew"
        case .malformedKey(let what): "\(what) must have 32 bytes"
        case .unavailable(let reason): "the master key cannot be used now: \(reason)"
        case .erased: "this person was erased"
        }
    }
}
