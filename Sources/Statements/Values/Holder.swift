/// Whose account it is, as texts that a person chose. They are carried as they are; each renderer
/// makes them harmless in its own format.
public struct Holder: Hashable, Sendable {
    /// The person's name.
    public let name: String
    /// The name by which others find the person, such as `@ada`.
    public let handle: String

    /// Longest text that a statement takes over, in bytes of UTF-8.
    public static let maximumTextBytes = 1_024

    /// A person's name and handle, each of at most ``maximumTextBytes``.
    public init(name: String, handle: String) throws(StatementError) {
        try Self.check(name, "a name")
        try Self.check(handle, "a handle")
        self.name = name
        self.handle = handle
    }

    static func check(_ text: String, _ what: String, line: Int? = nil) throws(StatementError) {
        guard text.utf8.count <= maximumTextBytes else {
            throw StatementError(
                .textTooLong, "\(what) has at most \(maximumTextBytes) bytes", line: line)
        }
    }
}
