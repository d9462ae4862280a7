/// What is asked of clients of the service beside their rights: how often, from which pages, and how quickly.
public struct WebSettings: Sendable {
    /// How often each may ask; without limits unless given.
    public var allowances = CallerAllowances.unlimited
    /// Web applications of other origins that may ask; none unless given.
    public var origins: [WebOrigin] = []
    /// How long connections, requests and answers may take.
    public var times = RequestTimes()

    /// What is usual on one's own machine: no limits to how often, and nobody else's pages.
    public init() {}
}
