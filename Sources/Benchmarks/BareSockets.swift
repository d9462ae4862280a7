internal import Foundation
internal import Histogram
internal import Operations
internal import Synchronization
internal import ZeroMQ

/// libzmq without anything of ours, otherwise as the stream has it: a ROUTER that binds, a DEALER that connects, over
/// ipc, on a thread and in a context of their own each, with messages of the same parts.
struct BareSockets {
    /// The parts of the messages that the ROUTER sends.
    var message: [[UInt8]]
    /// What the DEALER answers to each; nothing if it is nil.
    var answer: [UInt8]?

    func roundTrips(seconds: Double) throws -> Histogram<UInt32> {
        var histogram = Histogram<UInt32>(
            highestTrackableValue: 10_000_000, numberOfSignificantValueDigits: .three)
        return try withPeer { router, peer, _ in
            let wakeup = Wakeup()
            let end = ContinuousClock.now + .seconds(seconds)
            while ContinuousClock.now < end {
                let begin = ContinuousClock.now
                _ = try router.send([peer] + message)
                guard try Self.receive(router, wakeup) != nil else {
                    throw OperationError("a bare libzmq message was not answered")
                }
                _ = histogram.record(UInt64((ContinuousClock.now - begin).seconds * 1e6))
            }
            return histogram
        }
    }

    /// As many as the DEALER receives while the queue is kept full.
    func messagesPerSecond(seconds: Double) throws -> Double {
        try withPeer { router, peer, dealer in
            let parts = [peer] + message
            let begin = ContinuousClock.now
            let end = begin + .seconds(seconds)
            while ContinuousClock.now < end {
                if case .full = try router.send(parts) { usleep(50) }
            }
            return Double(dealer.received) / (ContinuousClock.now - begin).seconds
        }
    }

    private func withPeer<Result>(
        _ body: (borrowing Socket, _ peer: [UInt8], BareDealer) throws -> Result
    ) throws -> Result {
        let address = "ipc:///tmp/holdfast-bench-bare-\(getpid())"
        let router = try Socket(.router, in: try Context())
        try router.setMandatoryRouting()
        try router.setHighWaterMark(send: 2_048, receive: 128)
        try router.bind(address)
        let dealer = BareDealer(address, answer: answer)
        defer { dealer.stop() }
        guard let hello = try Self.receive(router, Wakeup()), let peer = hello.first else {
            throw OperationError("the bare libzmq peer does not connect")
        }
        return try body(router, peer, dealer)
    }

    /// The next message; nil if none comes within seconds.
    private static func receive(
        _ socket: borrowing Socket, _ wakeup: Wakeup
    ) throws(ZeroMQError) -> [[UInt8]]? {
        for _ in 0..<50 {
            if try Poller.wait(socket, wakeup, milliseconds: 100) { return try socket.receive() }
        }
        return nil
    }
}

/// The bare peer, on a thread of its own: counts what it receives and answers it.
private final class BareDealer: Sendable {
    private let count = Atomic<Int>(0)
    private let isStopped = Atomic<Bool>(false)
    private let wakeup = Wakeup()
    private let finished = DispatchSemaphore(value: 0)

    var received: Int { count.load(ordering: .relaxed) }

    init(_ address: String, answer: [UInt8]?) {
        Thread.detachNewThread { [self] in
            // The other side notices, and says so.
            try? run(address, answer)
            finished.signal()
        }
    }

    func stop() {
        isStopped.store(true, ordering: .releasing)
        wakeup.signal()
        finished.wait()
    }

    private func run(_ address: String, _ answer: [UInt8]?) throws(ZeroMQError) {
        let socket = try Socket(.dealer, in: try Context())
        try socket.setHighWaterMark(send: 2_048, receive: 2_048)
        try socket.connect(address)
        _ = try socket.send([[1]])
        while !isStopped.load(ordering: .acquiring) {
            _ = try Poller.wait(socket, wakeup, milliseconds: 100)
            var group = 0
            while group < 64, try socket.receive(maximumParts: 4) != nil {
                group += 1
                if let answer { _ = try socket.send([answer]) }
            }
            count.add(group, ordering: .relaxed)
        }
    }
}
