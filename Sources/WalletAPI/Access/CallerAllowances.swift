public import RateLimits

/// How often each caller may ask, by what they are. Nil is without limit.
public struct CallerAllowances: Sendable, Hashable {
    /// Each of the operator's keys, and each client that has a token of its own.
    public var program: Allowance?
    /// Each person, on all of their devices together.
    public var person: Allowance?
    /// Each network address, for whoever has not shown who they are; of IPv6 each network of 64 bits.
    public var address: Allowance?

    /// Allowances of one's own.
    public init(program: Allowance?, person: Allowance?, address: Allowance?) {
        self.program = program
        self.person = person
        self.address = address
    }

    /// Nobody is limited, as for benchmarks.
    public static let unlimited = CallerAllowances(program: nil, person: nil, address: nil)

    /// What a service on the network begins with.
    public static let usual = CallerAllowances(
        program: Allowance("program", perSecond: 2_000, burst: 4_000),
        person: Allowance("person", perSecond: 20, burst: 100),
        address: Allowance("address", perSecond: 5, burst: 40))
}
