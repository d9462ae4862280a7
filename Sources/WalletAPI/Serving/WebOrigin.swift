/// The origin of a web application, as browsers write it in `Origin` (RFC 6454, section 6.2): `https://app.example`.
public struct WebOrigin: Sendable, Hashable {
    /// As browsers write it.
    public let text: String

    /// Takes what a browser could send, and nothing that merely looks like it: it would never match.
    public init(_ text: String) throws(WebOriginError) {
        guard Self.isOrigin(text) else { throw WebOriginError(text: text) }
        self.text = text
    }

    private static func isOrigin(_ text: String) -> Bool {
        for (scheme, usualPort) in [("https://", "443"), ("http://", "80")]
        where text.hasPrefix(scheme) {
            let rest = text.dropFirst(scheme.count)
            var host = rest
            var port: Substring?
            if let colon = rest.lastIndex(of: ":"), !rest[colon...].contains("]") {
                host = rest[..<colon]
                port = rest[rest.index(after: colon)...]
            }
            if let port {
                guard let number = UInt16(port), number > 0, String(number) == port,
                    port != usualPort
                else { return false }
            }
            if host.hasPrefix("["), host.hasSuffix("]") {
                let inner = host.dropFirst().dropLast()
                return !inner.isEmpty && inner.allSatisfy { "0123456789abcdef:".contains($0) }
            }
            return !host.isEmpty && !host.hasPrefix(".") && !host.hasSuffix(".")
                && host.utf8.allSatisfy { byte in
                    (0x61...0x7a).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x2d
                        || byte == 0x2e
                }
        }
        return false
    }
}

/// A text that is no origin.
public struct WebOriginError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The text.
    public let text: String

    /// A sentence that says what would be right.
    public var description: String {
        "\(text) is no origin as browsers write it: scheme and host in small letters, and the port unless it is the "
            + "usual one, such as https://app.example or http://localhost:3000; neither path nor *"
    }
}
