public import ZeroMQ

/// Where a stream is served or found.
public struct StreamEndpoint: Sendable {
    /// How a `tcp://` endpoint is kept to those who may.
    public struct ServerKeys: Sendable {
        public var own: CurveKeyPair
        /// Public keys of the clients that may connect.
        public var allowed: Set<[UInt8]>

        public init(own: CurveKeyPair, allowed: Set<[UInt8]>) {
            self.own = own
            self.allowed = allowed
        }
    }

    /// `ipc://path` or `tcp://host:port`.
    public var address: String
    /// Needed for `tcp://`.
    public var serverKeys: ServerKeys?

    public init(address: String, serverKeys: ServerKeys? = nil) {
        self.address = address
        self.serverKeys = serverKeys
    }
}

/// Keys with which a subscriber connects over `tcp://`.
public struct StreamClientKeys: Sendable {
    public var server: [UInt8]
    public var own: CurveKeyPair

    public init(server: [UInt8], own: CurveKeyPair) {
        self.server = server
        self.own = own
    }
}
