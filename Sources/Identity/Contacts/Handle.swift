/// The name by which people find each other, shown with `@` before it.
public struct Handle: Sendable, Hashable, CustomStringConvertible {
    /// In lower case, without `@`.
    public let text: String

    /// Names that would look like the service's own.
    private static let reserved: Set<String> = [
        "admin", "administrator", "help", "holdfast", "house", "me", "official", "operator", "root",
        "security", "service", "support", "system", "wallet",
    ]

    /// 3 to 30 letters, digits and single underscores, beginning with a letter; case is not told apart. nil for
    /// anything else, and for names that are the service's own.
    public init?(_ text: String) {
        let name = (text.hasPrefix("@") ? text.dropFirst() : Substring(text)).lowercased()
        guard (3...30).contains(name.utf8.count), let first = name.utf8.first,
            (0x61...0x7a).contains(first), !name.hasSuffix("_"), !name.contains("__"),
            name.utf8.allSatisfy({
                (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5f
            }), !Self.reserved.contains(name)
        else { return nil }
        self.text = name
    }

    /// With `@`.
    public var description: String { "@\(text)" }
}
