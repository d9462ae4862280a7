import SplitMix
import TestSeed
import Testing

@testable import RateLimits

@Suite struct CellRateTests {
    private static let second: Int64 = 1_000_000_000

    @Test("A burst is admitted at once, then one for each interval")
    func burst() {
        let limiter = RateLimiter(Allowance("person", perSecond: 20, burst: 100))
        for left in (0..<100).reversed() {
            let standing = limiter.count("ann", at: 0)
            #expect(standing.isAdmitted)
            #expect(standing.remaining == left)
        }
        let refused = limiter.count("ann", at: 0)
        #expect(!refused.isAdmitted)
        #expect(refused.remaining == 0)
        #expect(refused.nextNanoseconds == 50_000_000)
        #expect(!limiter.count("ann", at: 49_999_999).isAdmitted)
        #expect(limiter.count("ann", at: 50_000_000).isAdmitted)
        #expect(!limiter.count("ann", at: 50_000_001).isAdmitted)
        // What is refused does not put off what comes.
        #expect(limiter.count("ann", at: 100_000_000).isAdmitted)
        #expect(limiter.count("bob", at: 100_000_000).remaining == 99)
    }

    @Test("All is back after a window, and no more than all")
    func recovery() {
        let limiter = RateLimiter(Allowance("nobody", perSecond: 5, burst: 40))
        for _ in 0..<40 { _ = limiter.count("10.0.0.1", at: 7 * Self.second) }
        #expect(limiter.count("10.0.0.1", at: 15 * Self.second).remaining == 39)
        #expect(limiter.count("10.0.0.1", at: 1_000_000 * Self.second).remaining == 39)
    }

    @Test("The seconds that a refused caller is told are enough")
    func retry() {
        var random = SplitMix64(seed: TestSeed.choose("retry"))
        for _ in 0..<2_000 {
            let allowance = Allowance(
                "a", perSecond: 1 + random.below(30), burst: 1 + random.below(50))
            let limiter = RateLimiter(allowance, capacity: 8)
            var now = Int64(random.below(1_000_000_000))
            var standing = limiter.count(1, at: now)
            while standing.isAdmitted { standing = limiter.count(1, at: now) }
            #expect(standing.nextSeconds > 0)
            now += standing.nextNanoseconds - 1
            #expect(!limiter.count(1, at: now).isAdmitted)
            now += 1
            #expect(limiter.count(1, at: now).isAdmitted)
        }
    }

    @Test("It admits what a leaky bucket admits, and says what fits")
    func leakyBucket() {
        var random = SplitMix64(seed: TestSeed.choose("leakyBucket"))
        for _ in 0..<200 {
            let (rate, burst) = (1 + random.below(200), 1 + random.below(60))
            let limiter = RateLimiter(Allowance("a", perSecond: rate, burst: burst), capacity: 8)
            var bucket = LeakyBucket(perSecond: rate, burst: burst)
            var now = Int64(random.below(1 << 40))
            var admitted = 0
            for _ in 0..<1_000 {
                now += Int64(random.below(3)) * Int64(random.below(Int(2 * bucket.interval)))
                let fits = bucket.fits(at: now)
                if fits { bucket.pour() }
                let standing = limiter.count("k", at: now)
                #expect(standing.isAdmitted == fits)
                #expect(standing.remaining == bucket.room)
                admitted += fits ? 1 : 0
            }
            #expect(admitted >= burst)
        }
    }

    @Test(
        "In no stretch of time is more admitted than a burst and what came back in it; and nothing less is refused"
    )
    func everyWindow() {
        var random = SplitMix64(seed: TestSeed.choose("everyWindow"))
        for _ in 0..<30 {
            let allowance = Allowance(
                "a", perSecond: 1 + random.below(100), burst: 1 + random.below(20))
            let limiter = RateLimiter(allowance, capacity: 8)
            let interval = allowance.intervalNanoseconds
            var admitted: [Int64] = []
            var now: Int64 = 0
            for _ in 0..<400 {
                now += Int64(random.below(Int(interval)))
                // A log of all that was admitted: with this one, is some stretch up to now too full?
                let breaks = (0...admitted.count).contains { index in
                    let start = index < admitted.count ? admitted[index] : now
                    let count = Int64(admitted.count - index + 1)
                    return count > Int64(allowance.burst)
                        && (count - Int64(allowance.burst)) * interval > now - start
                }
                let standing = limiter.count("k", at: now)
                #expect(standing.isAdmitted == !breaks)
                if standing.isAdmitted { admitted.append(now) }
            }
        }
    }
}
