/// Why a stream cannot be served or followed.
public struct StreamError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What could not be done, where, and why.
    public var description: String
    init(_ description: String) { self.description = description }
}
