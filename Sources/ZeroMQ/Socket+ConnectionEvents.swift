internal import CZeroMQ

extension Socket {
    /// What became of a connection of a monitored socket, noticed by libzmq's own threads.
    public enum ConnectionEvent: Sendable, Equatable {
        /// It ended: the peer left, or was cut off for a message above the maximum size.
        case disconnected
        /// The other end speaks no ZeroMQ, breaks its protocol, or has not the keys that are asked for. Clients that a
        /// ZAP handler refuses are not among them.
        case handshakeFailed
    }

    private static let disconnected = UInt16(ZMQ_EVENT_DISCONNECTED)
    private static let handshakeFailed =
        UInt16(ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL) | UInt16(ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL)

    /// The next event; nil if there is none, or the socket is not monitored.
    public func nextConnectionEvent() throws(ZeroMQError) -> ConnectionEvent? {
        guard let monitor else { return nil }
        while let parts = try Self.receive(from: monitor, maximumParts: 1) {
            // Event (16 bits) and value (32 bits), in this machine's byte order.
            guard let head = parts.first, head.count == 6 else { continue }
            let event = head.withUnsafeBytes { $0.loadUnaligned(as: UInt16.self) }
            if event == Self.disconnected { return .disconnected }
            if event & Self.handshakeFailed != 0 { return .handshakeFailed }
        }
        return nil
    }

    static func startMonitor(
        of pointer: UnsafeMutableRawPointer, in context: Context
    ) throws(ZeroMQError) -> UnsafeMutableRawPointer {
        let address = "inproc://monitor-\(UInt(bitPattern: pointer))"
        let events = Int32(Self.disconnected | Self.handshakeFailed)
        guard zmq_socket_monitor(pointer, address, events) == 0 else {
            throw ZeroMQError("zmq_socket_monitor")
        }
        guard let monitor = zmq_socket(context.pointer, ZMQ_PAIR) else {
            throw ZeroMQError("zmq_socket")
        }
        // Without a limit: libzmq's threads would wait for a full queue, with all connections of the context.
        var none: Int32 = 0
        zmq_setsockopt(monitor, ZMQ_RCVHWM, &none, MemoryLayout<Int32>.size)
        zmq_setsockopt(monitor, ZMQ_LINGER, &none, MemoryLayout<Int32>.size)
        guard zmq_connect(monitor, address) == 0 else {
            let error = ZeroMQError("connect \(address)")
            zmq_close(monitor)
            throw error
        }
        return monitor
    }

    /// The sending end goes first: it would wait for ever for a receiver that is gone.
    static func stopMonitor(
        _ monitor: UnsafeMutableRawPointer, of pointer: UnsafeMutableRawPointer
    ) {
        zmq_socket_monitor(pointer, nil, 0)
        zmq_close(monitor)
    }
}
