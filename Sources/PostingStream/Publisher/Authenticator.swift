internal import ZeroMQ

/// The ZAP handler (ZeroMQ RFC 27): lets in the CURVE clients of the allow-list and nobody else.
struct Authenticator: ~Copyable {
    static let domain = "holdfast"
    let socket: Socket
    /// Public keys of those who are let in.
    var allowed: Set<[UInt8]>
    private(set) var refusedCount = 0

    /// Must be made before the socket that it guards.
    init(allowed: Set<[UInt8]>, in context: Context) throws(ZeroMQError) {
        let socket = try Socket(.reply, in: context)
        try socket.bind("inproc://zeromq.zap.01")
        self.socket = socket
        self.allowed = allowed
    }

    /// Answers one request, if there is one. Returns whether there was.
    mutating func answer() throws(ZeroMQError) -> Bool {
        guard let request = try socket.receive() else { return false }
        // version, request id, domain, address, identity, mechanism, credentials …
        let isKnown =
            request.count == 7 && request[0] == Array("1.0".utf8)
            && request[5] == Array("CURVE".utf8)
            && allowed.contains(request[6])
        if !isKnown { refusedCount += 1 }
        let id = request.count > 1 ? request[1] : []
        let status = isKnown ? "200" : "400"
        _ = try socket.send([
            Array("1.0".utf8), id, Array(status.utf8), Array((isKnown ? "OK" : "not allowed").utf8),
            [], [],
        ])
        return true
    }
}
