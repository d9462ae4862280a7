internal import Glibc
internal import Hummingbird
internal import RateLimits

/// Counts requests, each with whoever makes it.
struct CallerLimits: Sendable {
    private let program: RateLimiter?
    private let person: RateLimiter?
    private let address: RateLimiter?
    private let clock: @Sendable () -> Int64

    /// - Parameter clock: nanoseconds by a clock that does not go back.
    init(
        _ allowances: CallerAllowances,
        clock: @escaping @Sendable () -> Int64 = monotonicNanoseconds
    ) {
        program = allowances.program.map { RateLimiter($0, capacity: 4_096) }
        person = allowances.person.map { RateLimiter($0) }
        address = allowances.address.map { RateLimiter($0) }
        self.clock = clock
    }

    /// Counts a request of somebody who has shown who they are; nil if they are not limited.
    func count(_ caller: Caller) throws -> CountedRequest? {
        guard let limiter = caller.person == nil ? program : person else { return nil }
        return try counted(limiter, limiter.count(caller.name, at: clock()))
    }

    /// Counts a request of whoever has not.
    func count(address text: String) throws -> CountedRequest? {
        guard let address else { return nil }
        return try counted(address, address.count(AddressKey(text), at: clock()))
    }

    private func counted(_ limiter: RateLimiter, _ standing: Standing) throws -> CountedRequest {
        let counted = CountedRequest(limiter: limiter, standing: standing)
        if standing.isAdmitted { return counted }
        throw CountedError(
            error: Problem.tooManyRequests(after: standing.nextSeconds), counted: counted)
    }
}

/// Nanoseconds since some moment, by a clock that does not go back.
@Sendable func monotonicNanoseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}

extension Problem {
    /// RFC 6585, section 4.
    static func tooManyRequests(after seconds: Int) -> Problem {
        Problem(
            status: .tooManyRequests, code: "too_many_requests",
            detail: "there are more requests than allowed; ask again in \(seconds) s",
            headers: [.retryAfter: String(seconds)])
    }
}
