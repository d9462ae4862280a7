/// Where measurements are served over HTTP.
public struct MetricsAddress: Sendable, Equatable {
    /// Name or address of this machine to listen at.
    public var host: String
    /// TCP port; 0 for any that is free.
    public var port: Int

    /// An address of this machine; for itself alone unless another is given.
    public init(host: String = "127.0.0.1", port: Int) {
        self.host = host
        self.port = port
    }
}
