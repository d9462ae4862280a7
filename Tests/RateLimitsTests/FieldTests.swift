import Testing

@testable import RateLimits

/// The fields of draft-ietf-httpapi-ratelimit-headers-11.
@Suite struct FieldTests {
    @Test("The policy is a quota and its window in whole seconds")
    func policy() {
        #expect(
            RateLimiter(Allowance("person", perSecond: 20, burst: 100)).policyField
                == #""person";q=100;w=5"#)
        #expect(Allowance("nobody", perSecond: 5, burst: 42).policyField == #""nobody";q=42;w=9"#)
        #expect(Allowance("a", perSecond: 100, burst: 1).policyField == #""a";q=1;w=1"#)
    }

    @Test("What is left is told with the seconds until there is more")
    func left() {
        let limiter = RateLimiter(Allowance("person", perSecond: 1, burst: 3))
        #expect(limiter.field(limiter.count("a", at: 0)) == #""person";r=2;t=1"#)
        #expect(limiter.field(limiter.count("a", at: 0)) == #""person";r=1;t=1"#)
        #expect(limiter.field(limiter.count("a", at: 0)) == #""person";r=0;t=1"#)
        let untouched = Standing(isAdmitted: true, remaining: 3, nextNanoseconds: 0)
        #expect(limiter.field(untouched) == #""person";r=3;t=0"#)
        let big = RateLimiter(Allowance("client", perSecond: 1, burst: 1_000_000))
        #expect(big.field(big.count("a", at: 0)) == #""client";r=999999;t=1"#)
    }

    @Test(
        "A setting is two numbers from one to a million",
        arguments: [
            "", "20", "20:", ":5", "0:5", "5:0", "1:2:3", "a:b", "-1:5", "5:1000001", "5 :5",
        ])
    func refused(_ text: String) {
        #expect(throws: AllowanceError(setting: text)) { try Allowance("a", setting: text) }
    }

    @Test("A good setting is taken")
    func setting() throws {
        #expect(
            try Allowance("person", setting: "20:100")
                == Allowance("person", perSecond: 20, burst: 100))
    }
}
