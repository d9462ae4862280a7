internal import HTTPTypes
internal import Hummingbird
internal import RateLimits

/// A request that was counted, and how its caller stands after it.
struct CountedRequest: Sendable {
    private static let policyName = HTTPField.Name("RateLimit-Policy")
    private static let limitName = HTTPField.Name("RateLimit")

    let limiter: RateLimiter
    let standing: Standing

    /// Tells the client: `RateLimit-Policy` and `RateLimit`, of draft-ietf-httpapi-ratelimit-headers-11.
    func add(to response: inout Response) {
        guard let policy = Self.policyName, let limit = Self.limitName else { return }
        response.headers[policy] = limiter.policyField
        response.headers[limit] = limiter.field(standing)
    }
}

/// Why a request was not answered as asked, and how its caller stands after it.
struct CountedError: Error {
    let error: any Error
    let counted: CountedRequest?
}
