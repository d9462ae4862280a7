/// Domains and origins (RFC 6454, section 6.2), in the one form that clients write them in.
enum OriginText {
    /// Whether it is a domain of lower-case letters, digits and hyphens; an address is none.
    static func isDomain(_ text: String) -> Bool {
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        guard text.utf8.count <= 253, labels.allSatisfy(isLabel) else { return false }
        // A last label of digits alone would make it an IPv4 address.
        return labels.last.map { !$0.utf8.allSatisfy(isDigit) } ?? false
    }

    /// Whether an app, or a page under the domain, has this origin.
    static func isOrigin(_ text: String, of domain: String) -> Bool {
        if let hash = suffix(of: text, after: "android:apk-key-hash:") { return !hash.isEmpty }
        let isSecure = text.utf8.starts(with: "https://".utf8)
        guard let rest = suffix(of: text, after: isSecure ? "https://" : "http://") else {
            return false
        }
        let parts = rest.split(
            separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let host = parts.first.map(String.init), isDomain(host) else { return false }
        let isLocal = host == "localhost" || host.hasSuffix(".localhost")
        guard host == domain || host.hasSuffix("." + domain), isSecure || isLocal else {
            return false
        }
        guard parts.count == 2 else { return true }
        // A client leaves out the usual port, and writes no leading zeros.
        guard let port = UInt16(parts[1]), String(port) == parts[1] else { return false }
        return port != 0 && port != (isSecure ? 443 : 80)
    }

    /// Whether both have the same bytes; strings that only look alike can be equal.
    static func isSame(_ first: String, _ second: String) -> Bool {
        first.utf8.elementsEqual(second.utf8)
    }

    private static func isLabel(_ label: Substring) -> Bool {
        (1...63).contains(label.utf8.count) && label.utf8.first != UInt8(ascii: "-")
            && label.utf8.last != UInt8(ascii: "-")
            && label.utf8.allSatisfy {
                isDigit($0) || $0 == UInt8(ascii: "-")
                    || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
            }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func suffix(of text: String, after prefix: String) -> String? {
        guard text.utf8.starts(with: prefix.utf8) else { return nil }
        return String(text.utf8.dropFirst(prefix.utf8.count))
    }
}
