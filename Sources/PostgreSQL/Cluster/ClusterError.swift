/// Why a private cluster cannot be made, started or stopped.
public struct ClusterError: Error, Sendable, CustomStringConvertible {
    /// What failed, on which folder or program, and what the program printed.
    public var description: String
    init(_ description: String) { self.description = description }
}
