/// Why another service could not be asked. What a service answers, whatever its status, is no error.
///
/// Nothing in it tells of whom it was about: neither host nor path nor what was sent.
public struct OutboundError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What kind of failure it is; the raw value is a stable word.
    public enum Kind: String, Sendable {
        /// The request itself breaks a rule: its URL, or a header.
        case malformed
        /// The name leads to addresses that this client must not connect to only.
        case refusedAddress = "refused_address"
        /// The certificate is not one that is trusted for the name.
        case untrusted
        /// No connection, or it broke.
        case connection
        /// It took longer than it may.
        case timeout
        /// The answer is longer than it may be.
        case tooLong = "too_long"
        /// More requests wait than may.
        case busy
        /// The client was stopped.
        case stopped
    }
    /// What kind of failure it is.
    public let kind: Kind
    /// What was wrong.
    public let description: String

    init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }

    /// Whether the same request may succeed later.
    public var isTransient: Bool {
        switch kind {
        case .malformed, .refusedAddress, .tooLong: false
        case .untrusted, .connection, .timeout, .busy, .stopped: true
        }
    }
}
