/// Why bytes are not a gzip file (RFC 1952), or could not be made one.
public struct GzipError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What was wrong.
    public let description: String
    init(_ description: String) { self.description = description }
}
