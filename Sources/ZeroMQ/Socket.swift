internal import CZeroMQ
internal import Glibc

/// One ZeroMQ socket, for one thread at a time. Closed when it goes out of scope; what is unsent is dropped.
public struct Socket: ~Copyable {
    /// What a socket is, after the ZeroMQ RFCs 28 (REQ/REP, ROUTER/DEALER) and 29 (PUB/SUB).
    public enum Kind: Sendable {
        case router, dealer, reply, request, pair
        var value: Int32 {
            switch self {
            case .router: ZMQ_ROUTER
            case .dealer: ZMQ_DEALER
            case .reply: ZMQ_REP
            case .request: ZMQ_REQ
            case .pair: ZMQ_PAIR
            }
        }
    }

    /// What became of a message that was to be sent.
    public enum Sent: Sendable {
        case queued
        /// The peer's queue is full.
        case full
        /// There is no such peer (any more).
        case unreachable
    }

    let pointer: UnsafeMutableRawPointer
    /// Where libzmq tells what becomes of the connections, see ``nextConnectionEvent()``.
    let monitor: UnsafeMutableRawPointer?
    private let context: Context

    /// A monitored socket tells what becomes of its connections; the events must be taken regularly.
    public init(
        _ kind: Kind, in context: Context, isMonitored: Bool = false
    ) throws(ZeroMQError) {
        guard let pointer = zmq_socket(context.pointer, kind.value) else {
            throw ZeroMQError("zmq_socket")
        }
        var linger: Int32 = 0
        zmq_setsockopt(pointer, ZMQ_LINGER, &linger, MemoryLayout<Int32>.size)
        var monitor: UnsafeMutableRawPointer?
        if isMonitored {
            do throws(ZeroMQError) {
                monitor = try Self.startMonitor(of: pointer, in: context)
            } catch {
                zmq_close(pointer)
                throw error
            }
        }
        self.pointer = pointer
        self.monitor = monitor
        self.context = context
    }

    deinit {
        if let monitor { Self.stopMonitor(monitor, of: pointer) }
        zmq_close(pointer)
    }

    // MARK: - Options

    /// Most messages queued for one peer, either way.
    public func setHighWaterMark(send: Int32, receive: Int32) throws(ZeroMQError) {
        try set(ZMQ_SNDHWM, send)
        try set(ZMQ_RCVHWM, receive)
    }

    /// A peer that sends a larger message is cut off. In bytes.
    public func setMaximumMessageSize(_ bytes: Int64) throws(ZeroMQError) {
        var bytes = bytes
        guard zmq_setsockopt(pointer, ZMQ_MAXMSGSIZE, &bytes, MemoryLayout<Int64>.size) == 0 else {
            throw ZeroMQError("ZMQ_MAXMSGSIZE")
        }
    }

    /// ROUTER: a message to a peer that is gone or full is reported, not dropped.
    public func setMandatoryRouting() throws(ZeroMQError) { try set(ZMQ_ROUTER_MANDATORY, 1) }

    /// This side serves with CURVE (RFC 26): its secret key, 32 bytes.
    public func setCurveServer(secretKey: [UInt8]) throws(ZeroMQError) {
        try set(ZMQ_CURVE_SERVER, 1)
        try set(ZMQ_CURVE_SECRETKEY, secretKey)
    }

    /// This side connects with CURVE (RFC 26); keys of 32 bytes.
    public func setCurveClient(
        serverKey: [UInt8], publicKey: [UInt8], secretKey: [UInt8]
    ) throws(ZeroMQError) {
        try set(ZMQ_CURVE_SERVERKEY, serverKey)
        try set(ZMQ_CURVE_PUBLICKEY, publicKey)
        try set(ZMQ_CURVE_SECRETKEY, secretKey)
    }

    /// Domain told to the ZAP handler (RFC 27); needed for it to be asked at all.
    public func setAuthenticationDomain(_ domain: String) throws(ZeroMQError) {
        try set(ZMQ_ZAP_DOMAIN, Array(domain.utf8))
    }

    private func set(_ option: Int32, _ value: Int32) throws(ZeroMQError) {
        var value = value
        guard zmq_setsockopt(pointer, option, &value, MemoryLayout<Int32>.size) == 0 else {
            throw ZeroMQError("zmq_setsockopt \(option)")
        }
    }

    private func set(_ option: Int32, _ value: [UInt8]) throws(ZeroMQError) {
        guard zmq_setsockopt(pointer, option, value, value.count) == 0 else {
            throw ZeroMQError("zmq_setsockopt \(option)")
        }
    }

    // MARK: - Addresses

    /// Listens at an endpoint, such as `ipc:///path` or `tcp://*:7400`. Throws if it cannot be had.
    public func bind(_ endpoint: String) throws(ZeroMQError) {
        guard zmq_bind(pointer, endpoint) == 0 else { throw ZeroMQError("bind \(endpoint)") }
    }

    /// Connects to an endpoint, now or whenever it can be reached. Throws only if the text is no endpoint.
    public func connect(_ endpoint: String) throws(ZeroMQError) {
        guard zmq_connect(pointer, endpoint) == 0 else { throw ZeroMQError("connect \(endpoint)") }
    }

    /// The endpoint last bound, with the port that the system chose for `tcp://…:*`.
    public var lastEndpoint: String {
        var text = [CChar](repeating: 0, count: 256)
        var size = text.count
        guard zmq_getsockopt(pointer, ZMQ_LAST_ENDPOINT, &text, &size) == 0 else { return "" }
        return String(
            decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    // MARK: - Messages

    /// Sends the parts as one message, without waiting: all of it or nothing.
    public func send(_ parts: [[UInt8]]) throws(ZeroMQError) -> Sent {
        for (index, part) in parts.enumerated() {
            let flags = ZMQ_DONTWAIT | (index + 1 < parts.count ? ZMQ_SNDMORE : 0)
            while zmq_send(pointer, part, part.count, flags) < 0 {
                switch zmq_errno() {
                case EINTR: continue
                case EAGAIN: return .full
                case EHOSTUNREACH: return .unreachable
                default: throw ZeroMQError("zmq_send")
                }
            }
        }
        return .queued
    }

    /// The next message's parts; nil if none has arrived. More than `maximumParts` are read but not kept.
    public func receive(maximumParts: Int = 8) throws(ZeroMQError) -> [[UInt8]]? {
        try Self.receive(from: pointer, maximumParts: maximumParts)
    }

    static func receive(
        from pointer: UnsafeMutableRawPointer, maximumParts: Int
    ) throws(ZeroMQError) -> [[UInt8]]? {
        var parts: [[UInt8]] = []
        var message = zmq_msg_t()
        zmq_msg_init(&message)
        defer { zmq_msg_close(&message) }
        while true {
            let size = zmq_msg_recv(&message, pointer, parts.isEmpty ? ZMQ_DONTWAIT : 0)
            if size < 0 {
                switch zmq_errno() {
                case EINTR: continue
                case EAGAIN: return nil
                default: throw ZeroMQError("zmq_msg_recv")
                }
            }
            if parts.count < maximumParts {
                parts.append(
                    [UInt8](
                        UnsafeRawBufferPointer(
                            start: zmq_msg_data(&message), count: zmq_msg_size(&message))))
            }
            if zmq_msg_more(&message) == 0 { return parts }
        }
    }
}

/// A pair of CURVE keys (RFC 26), 32 bytes each.
public struct CurveKeyPair: Sendable, Equatable {
    /// What peers know this side by: 32 bytes.
    public var publicKey: [UInt8]
    /// What proves it: 32 bytes that never leave this side.
    public var secretKey: [UInt8]

    /// A pair that belongs together, of 32 bytes each.
    public init(publicKey: [UInt8], secretKey: [UInt8]) {
        self.publicKey = publicKey
        self.secretKey = secretKey
    }

    /// New keys from the system's randomness.
    public static func generate() throws(ZeroMQError) -> CurveKeyPair {
        var publicText = [CChar](repeating: 0, count: 41)
        var secretText = [CChar](repeating: 0, count: 41)
        guard zmq_curve_keypair(&publicText, &secretText) == 0 else {
            throw ZeroMQError("zmq_curve_keypair")
        }
        return CurveKeyPair(publicKey: decode(publicText), secretKey: decode(secretText))
    }

    /// Z85 text (RFC 32) of 40 characters to 32 bytes.
    private static func decode(_ text: [CChar]) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 32)
        _ = zmq_z85_decode(&bytes, text)
        return bytes
    }
}
