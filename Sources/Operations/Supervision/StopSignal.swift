@preconcurrency internal import Dispatch
internal import Glibc
internal import Synchronization

/// Tells when this process is asked to stop: SIGTERM, SIGINT, SIGHUP (its terminal was closed) or, if it is
/// supervised, the end of its supervisor.
public final class StopSignal: Sendable {
    private struct State: ~Copyable {
        var isRaised = false
        var waiters: [CheckedContinuation<Void, Never>] = []
        var handlers: [@Sendable () -> Void] = []
    }
    private let state = Mutex(State())
    private let sources: [any DispatchSourceSignal]

    /// `supervised`: standard input is a pipe whose other end the supervisor holds.
    public init(supervised: Bool = false) {
        signal(SIGPIPE, SIG_IGN)
        var sources: [any DispatchSourceSignal] = []
        for number in [SIGTERM, SIGINT, SIGHUP] {
            let isIgnored = Self.isIgnored(number)
            signal(number, SIG_IGN)
            // As `nohup` has it.
            if number == SIGHUP, isIgnored { continue }
            sources.append(DispatchSource.makeSignalSource(signal: number, queue: .global()))
        }
        self.sources = sources
        for source in sources {
            source.setEventHandler { [weak self] in self?.raise() }
            source.resume()
        }
        if supervised { watchSupervisor() }
    }

    private static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        guard sigaction(number, nil, &action) == 0 else { return false }
        return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
            == unsafeBitCast(SIG_IGN, to: Int.self)
    }

    private func watchSupervisor() {
        let queue = DispatchQueue(label: "supervisor")
        queue.async { [weak self] in
            var byte: UInt8 = 0
            while true {
                let count = read(0, &byte, 1)
                if count == 0 || (count < 0 && errno != EINTR) { break }
            }
            self?.raise()
        }
    }

    /// Whether this process was asked to stop.
    public var isRaised: Bool { state.withLock { $0.isRaised } }

    /// As if a signal had come.
    public func raise() {
        let (waiters, handlers) = state.withLock { state in
            state.isRaised = true
            defer {
                state.waiters = []
                state.handlers = []
            }
            return (state.waiters, state.handlers)
        }
        for waiter in waiters { waiter.resume() }
        for handler in handlers { handler() }
    }

    /// Waits until asked to stop.
    public func wait() async {
        await withCheckedContinuation { continuation in
            let isRaised = state.withLock { state in
                if !state.isRaised { state.waiters.append(continuation) }
                return state.isRaised
            }
            if isRaised { continuation.resume() }
        }
    }

    /// Calls `handler` once when asked to stop; at once if that was before.
    public func onRaise(_ handler: @escaping @Sendable () -> Void) {
        let isRaised = state.withLock { state in
            if !state.isRaised { state.handlers.append(handler) }
            return state.isRaised
        }
        if isRaised { handler() }
    }
}
