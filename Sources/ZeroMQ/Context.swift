internal import CZeroMQ

/// libzmq's context: its I/O threads, shared by the sockets made in it. Ends when the last socket is gone.
public final class Context: @unchecked Sendable {
    // libzmq's contexts may be used from any thread.
    let pointer: UnsafeMutableRawPointer

    /// A context with libzmq's defaults. Throws if the system gives no memory or no descriptors.
    public init() throws(ZeroMQError) {
        guard let pointer = zmq_ctx_new() else { throw ZeroMQError("zmq_ctx_new") }
        self.pointer = pointer
    }

    deinit { zmq_ctx_term(pointer) }
}
