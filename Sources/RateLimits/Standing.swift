/// How somebody stands after a request.
public struct Standing: Sendable, Hashable {
    /// Whether the request is within the allowance.
    public let isAdmitted: Bool
    /// How many more would be, right now.
    public let remaining: Int
    /// Nanoseconds until there is one more than ``remaining``; 0 if there is all there can be.
    public let nextNanoseconds: Int64

    /// ``nextNanoseconds`` in whole seconds, rounded up: whoever was refused is not refused again after them.
    public var nextSeconds: Int { Int((nextNanoseconds + 999_999_999) / 1_000_000_000) }
}
