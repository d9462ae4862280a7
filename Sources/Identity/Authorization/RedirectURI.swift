/// Where a client is answered. Compared character by character (RFC 9700, 2.1), but for the port of loopback addresses,
/// which a native application cannot know before it runs (RFC 8252, 7.3).
public struct RedirectURI: Sendable, Hashable, CustomStringConvertible {
    /// The URI as it was registered or asked for.
    public let text: String

    /// A URI that may be registered: `https`, `http` to a loopback address, or a scheme of an application's own in reverse
    /// domain notation, without fragment and without user information. nil for anything else.
    public init?(_ text: String) {
        guard text.utf8.count <= 512, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }),
            !text.contains("#"), !text.contains("\\"), let colon = text.firstIndex(of: ":")
        else { return nil }
        let scheme = text[..<colon]
        let rest = text[text.index(after: colon)...]
        switch scheme {
        case "https", "http":
            guard rest.hasPrefix("//") else { return nil }
            let authority = rest.dropFirst(2).prefix { $0 != "/" && $0 != "?" }
            guard !authority.isEmpty, !authority.contains("@") else { return nil }
            if scheme == "http", !Self.isLoopback(authority) { return nil }
        default:
            guard scheme.contains("."), scheme.first?.isLetter == true, !rest.isEmpty,
                scheme.utf8.allSatisfy({
                    (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2e
                        || $0 == 0x2d
                })
            else { return nil }
        }
        self.text = text
    }

    /// Whether `asked` is this registered URI.
    public func permits(_ asked: RedirectURI) -> Bool {
        asked.text == text
            || (withoutLoopbackPort != nil && withoutLoopbackPort == asked.withoutLoopbackPort)
    }

    /// With parameters added to its query. Names are the program's own, values are percent-encoded.
    public func adding(_ parameters: [(name: String, value: String)]) -> String {
        var result = text
        for (name, value) in parameters {
            result += result.contains("?") ? "&" : "?"
            result += "\(name)=\(Self.percentEncoded(value))"
        }
        return result
    }

    /// The URI as it was given.
    public var description: String { text }

    private var withoutLoopbackPort: String? {
        guard text.hasPrefix("http://") else { return nil }
        let rest = text.dropFirst(7)
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        return "http://" + Self.host(authority) + rest.dropFirst(authority.count)
    }

    private static func isLoopback(_ authority: Substring) -> Bool {
        ["127.0.0.1", "[::1]", "localhost"].contains(host(authority))
    }

    private static func host(_ authority: Substring) -> String {
        guard let colon = authority.lastIndex(of: ":"), authority.last != "]" else {
            return String(authority)
        }
        return String(authority[..<colon])
    }

    static func percentEncoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 0x41...0x5a, 0x61...0x7a, 0x30...0x39, 0x2d, 0x2e, 0x5f, 0x7e: bytes.append(byte)
            default: bytes += [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
