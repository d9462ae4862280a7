/// How long connections, requests and answers may take. Each is met within one and a half of its length, and at most two
/// seconds late: clients that are slow on purpose are ended, and nobody is by the clock's resolution.
public struct RequestTimes: Sendable, Hashable {
    /// From a request's first byte to the end of its header.
    public var head = Duration.seconds(10)
    /// From the end of its header to the end of its body.
    public var body = Duration.seconds(30)
    /// Between requests.
    public var idle = Duration.seconds(75)
    /// From the end of a request to the beginning of its answer; more than what a payment may wait for a decision. An answer
    /// that has begun, such as a stream of events, takes as long as it does.
    public var answer = Duration.seconds(30)

    /// The usual times.
    public init() {}

    /// How often the connections are looked at.
    var interval: Duration { min(.seconds(1), min(min(head, body), min(idle, answer)) / 4) }
}
