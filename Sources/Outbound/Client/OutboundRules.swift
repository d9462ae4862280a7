/// What a client may do, the same for all that it sends: connections are used again, so a client has one set of rules.
public struct OutboundRules: Sendable, Equatable {
    /// Whether to connect to addresses that are not of the public internet. Only for servers that the operator names;
    /// never for URLs that others supply.
    public var allowsPrivateAddresses = false
    /// Whether to send without TLS. Only for servers that the operator names.
    public var allowsPlainText = false
    /// Whether a service that does not speak HTTP/2 is refused.
    public var requiresHTTP2 = false
    /// File of the certificates (PEM) that are trusted in place of the system's; nil for the system's.
    public var trustedCertificates: String?
    /// Longest wait for a connection, in milliseconds.
    public var connectMillis = 5_000
    /// Longest time for a whole request, in milliseconds.
    public var totalMillis = 15_000
    /// Most bytes of an answer's body.
    public var answerBytes = 64 * 1_024

    /// The strictest.
    public init() {}
}
