internal import CZeroMQ

/// What libzmq refused, with its own words.
public struct ZeroMQError: Error, Sendable, Equatable, CustomStringConvertible {
    /// `errno` as libzmq left it.
    public let code: Int32
    /// The call that failed, and what it was about.
    public let operation: String

    init(_ operation: String) {
        code = zmq_errno()
        self.operation = operation
    }

    /// Call and cause in one sentence.
    public var description: String { "\(operation): \(String(cString: zmq_strerror(code)))" }
}
