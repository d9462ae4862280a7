public import ZeroMQ

/// Where a stream is served or found.
public struct StreamEndpoint: Sendable {
    /// How a `tcp://` endpoint is kept to those who may.
    public struct ServerKeys: Sendable {
        /// The publisher's own keys.
        public var own: CurveKeyPair
        /// Public keys of the clients that may connect.
        public var allowed: Set<[UInt8]>

        /// Keys of a publisher and of those who may connect to it.
        public init(own: CurveKeyPair, allowed: Set<[UInt8]>) {
            self.own = own
            self.allowed = allowed
        }
    }

    /// `ipc://path` or `tcp://host:port`.
    public var address: String
    /// Needed for `tcp://`.
    public var serverKeys: ServerKeys?

    /// An endpoint; `serverKeys` guard it and are needed for `tcp://`.
    public init(address: String, serverKeys: ServerKeys? = nil) {
        self.address = address
        self.serverKeys = serverKeys
    }
}

/// Keys with which a subscriber connects over `tcp://`.
public struct StreamClientKeys: Sendable {
    /// The publisher's public key: 32 bytes.
    public var server: [UInt8]
    /// The subscriber's own keys; the public one must be on the publisher's allow-list.
    public var own: CurveKeyPair

    /// Keys for one publisher.
    public init(server: [UInt8], own: CurveKeyPair) {
        self.server = server
        self.own = own
    }
}
