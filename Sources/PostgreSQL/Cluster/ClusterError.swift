/// Why a private cluster cannot be made, started or stopped.
public struct ClusterError: Error, Sendable, CustomStringConvertible {
    public var description: String
    init(_ description: String) { self.description = description }
}
