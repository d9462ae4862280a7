internal import DequeModule
internal import Foundation
internal import Synchronization

/// Asks other services, over HTTP/2 or HTTP/1.1 and SMTP, on a few threads of its own: whoever awaits an answer keeps no
/// thread. Each thread keeps its connections for what it sends next.
public final class OutboundClient: Sendable {
    private typealias Job = @Sendable (inout CurlHandle?) -> Void

    private struct State: ~Copyable {
        var jobs: Deque<Job> = []
        var isStopped = false
    }
    private let state = Mutex(State())
    private let available = DispatchSemaphore(value: 0)
    private let stopping = Stopping()
    private let rules: OutboundRules
    private let count: Int
    private let limit: Int

    /// - Parameters:
    ///   - rules: hold for all that it sends.
    ///   - count: threads, and so requests under way at once.
    ///   - limit: most that wait; beyond, whoever comes is turned away.
    public init(_ rules: OutboundRules, count: Int = 4, limit: Int = 1_024, name: String) {
        self.rules = rules
        self.count = count
        self.limit = limit
        for index in 0..<count {
            let thread = Thread { [self] in run() }
            thread.name = "\(name)-\(index)"
            thread.start()
        }
    }

    /// Sends a request, and returns what was answered; redirects are not followed.
    public func send(_ request: WebRequest) async throws(OutboundError) -> WebAnswer {
        try await perform { handle throws(OutboundError) in try handle.send(request) }
    }

    /// Submits a message, and returns the code of the server's last reply (RFC 5321, section 4.2): 250 if it took the
    /// message, 4xx if it may do so later, 5xx if it will not.
    public func submit(
        _ mail: MailSubmission, to server: MailServer
    ) async throws(OutboundError) -> Int {
        try await perform { handle throws(OutboundError) in
            try handle.submit(mail, to: server)
        }
    }

    /// Breaks off what is under way, turns away what waits, and ends the threads.
    public func stop() {
        stopping.stop()
        state.withLock { $0.isStopped = true }
        for _ in 0..<count { available.signal() }
    }

    private func perform<Value: Sendable>(
        _ body: @escaping @Sendable (borrowing CurlHandle) throws(OutboundError) -> Value
    ) async throws(OutboundError) -> Value {
        let (rules, stopping) = (rules, stopping)
        let result: Result<Value, OutboundError> = await withCheckedContinuation { continuation in
            let job: Job = { handle in
                if stopping.isStopping {
                    return continuation.resume(
                        returning: .failure(OutboundError(.stopped, "the client is stopped")))
                }
                if handle == nil { handle = CurlHandle(rules, stopping) }
                continuation.resume(returning: Self.result(handle, body))
            }
            let refusal: OutboundError? = state.withLock { state in
                if state.isStopped { return OutboundError(.stopped, "the client is stopped") }
                guard state.jobs.count < limit else {
                    return OutboundError(.busy, "\(limit) requests wait already")
                }
                state.jobs.append(job)
                return nil
            }
            if let refusal {
                continuation.resume(returning: .failure(refusal))
            } else {
                available.signal()
            }
        }
        return try result.get()
    }

    private static func result<Value>(
        _ handle: borrowing CurlHandle?,
        _ body: (borrowing CurlHandle) throws(OutboundError) -> Value
    ) -> Result<Value, OutboundError> {
        switch handle {
        case .some(let handle):
            do throws(OutboundError) { return .success(try body(handle)) } catch {
                return .failure(error)
            }
        case .none: return .failure(OutboundError(.connection, "libcurl is out of memory"))
        }
    }

    private func run() {
        // A connection that breaks must not end the process: with the signal blocked here, writing just fails.
        var signals = sigset_t()
        sigfillset(&signals)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        var handle: CurlHandle?
        while true {
            available.wait()
            let (job, isStopped) = state.withLock { ($0.jobs.popFirst(), $0.isStopped) }
            if let job { job(&handle) } else if isStopped { return }
        }
    }
}
