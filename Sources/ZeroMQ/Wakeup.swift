internal import CZeroMQ
internal import Glibc

/// Wakes a thread that sleeps in ``Poller``, from any other: an eventfd.
public final class Wakeup: Sendable {
    let descriptor: Int32

    /// Nothing to wake for yet.
    public init() {
        descriptor = eventfd(0, Int32(EFD_NONBLOCK) | Int32(EFD_CLOEXEC))
        precondition(descriptor >= 0, "no eventfd: \(String(cString: strerror(errno)))")
    }

    deinit { close(descriptor) }

    /// Wakes whoever waits, or the next who does. From any thread.
    public func signal() {
        var one: UInt64 = 1
        _ = write(descriptor, &one, 8)
    }

    /// Forgets the signals so far.
    public func clear() {
        var count: UInt64 = 0
        _ = read(descriptor, &count, 8)
    }
}

/// Waits until a socket can be read or a wakeup was signalled.
public enum Poller {
    /// Which of the sockets can be read, after at most `milliseconds`.
    public static func wait(
        _ first: borrowing Socket, _ wakeup: Wakeup, milliseconds: Int
    ) throws(ZeroMQError) -> Bool {
        var items = [
            zmq_pollitem_t(socket: first.pointer, fd: 0, events: Int16(ZMQ_POLLIN), revents: 0),
            zmq_pollitem_t(
                socket: nil, fd: wakeup.descriptor, events: Int16(ZMQ_POLLIN), revents: 0),
        ]
        try poll(&items, milliseconds)
        if items[1].revents != 0 { wakeup.clear() }
        return items[0].revents != 0
    }

    /// The same for two sockets.
    public static func wait(
        _ first: borrowing Socket, _ second: borrowing Socket, _ wakeup: Wakeup, milliseconds: Int
    ) throws(ZeroMQError) -> (first: Bool, second: Bool) {
        var items = [
            zmq_pollitem_t(socket: first.pointer, fd: 0, events: Int16(ZMQ_POLLIN), revents: 0),
            zmq_pollitem_t(socket: second.pointer, fd: 0, events: Int16(ZMQ_POLLIN), revents: 0),
            zmq_pollitem_t(
                socket: nil, fd: wakeup.descriptor, events: Int16(ZMQ_POLLIN), revents: 0),
        ]
        try poll(&items, milliseconds)
        if items[2].revents != 0 { wakeup.clear() }
        return (items[0].revents != 0, items[1].revents != 0)
    }

    private static func poll(_ items: inout [zmq_pollitem_t], _ milliseconds: Int)
        throws(ZeroMQError)
    {
        if zmq_poll(&items, Int32(items.count), milliseconds) < 0, zmq_errno() != EINTR {
            throw ZeroMQError("zmq_poll")
        }
    }
}
