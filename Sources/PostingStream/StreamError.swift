/// Why a stream cannot be served or followed.
public struct StreamError: Error, Sendable, Equatable, CustomStringConvertible {
    public var description: String
    init(_ description: String) { self.description = description }
}
