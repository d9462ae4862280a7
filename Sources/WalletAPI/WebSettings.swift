/// What is asked of clients of the service beside their rights: how often, from which pages, and how quickly.
public struct WebSettings: Sendable {
    /// How often each may ask; without limits unless given.
    public var allowances = CallerAllowances.unlimited
    /// Web applications of other origins that may ask; none unless given.
    public var origins: [WebOrigin] = []
    /// Proxies in front of the service, whose word on where a request comes from is believed; none unless given.
    public var trustedProxies: [AddressRange] = []
    /// How long connections, requests and answers may take.
    public var times = RequestTimes()

    /// What is usual on one's own machine: no limits to how often, and nobody else's pages.
    public init() {}
}
