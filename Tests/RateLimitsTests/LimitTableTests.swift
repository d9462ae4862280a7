import SplitMix
import TestSeed
import Testing

@testable import RateLimits

/// Many keys in few slots.
@Suite struct LimitTableTests {
    @Test("As many keys as slots that they share are told apart exactly")
    func apart() {
        var random = SplitMix64(seed: TestSeed.choose("apart"))
        var table = LimitTable(capacity: 8)
        #expect(table.capacity == 8)
        let rate = CellRate(Allowance("a", perSecond: 50, burst: 5))
        var buckets = Array(repeating: LeakyBucket(perSecond: 50, burst: 5), count: 8)
        var now: Int64 = 1
        for _ in 0..<20_000 {
            now += Int64(random.below(10_000_000))
            let key = random.below(8)
            let fits = buckets[key].fits(at: now)
            if fits { buckets[key].pour() }
            #expect(table.judge(UInt64(key + 1), at: now, rate).isAdmitted == fits)
        }
    }

    @Test("However many keys come, nobody is admitted more often than allowed")
    func nobodyGains() {
        var random = SplitMix64(seed: TestSeed.choose("nobodyGains"))
        for keys in [9, 40, 500] {
            var table = LimitTable(capacity: 16)
            let rate = CellRate(Allowance("a", perSecond: 20, burst: 6))
            var buckets: [UInt64: LeakyBucket] = [:]
            var now: Int64 = 1
            var admitted = 0
            var refused = 0
            for _ in 0..<40_000 {
                now += Int64(random.below(4_000_000))
                // Some ask far more often than others.
                let key = UInt64(random.below(1 + random.below(keys))) &* 0x9e37_79b9_7f4a_7c15
                guard table.judge(key, at: now, rate).isAdmitted else {
                    refused += 1
                    continue
                }
                admitted += 1
                let fits = buckets[key, default: LeakyBucket(perSecond: 20, burst: 6)].fits(at: now)
                #expect(fits, "key \(key) at \(now)")
                buckets[key]?.pour()
            }
            #expect(admitted > 1_000 && refused > 1_000)
        }
    }

    @Test("Whoever is limited cannot be put out of memory by others to begin afresh")
    func flood() {
        var table = LimitTable(capacity: 64)
        let rate = CellRate(Allowance("a", perSecond: 1, burst: 40))
        let hog: UInt64 = 0xdead_beef_0000_0001
        while table.judge(hog, at: 1_000, rate).isAdmitted {}
        var random = SplitMix64(seed: TestSeed.choose("flood"))
        for _ in 0..<100_000 { _ = table.judge(random.next(), at: 1_000, rate) }
        #expect(!table.judge(hog, at: 1_000, rate).isAdmitted)
        // Not even by those who owe as much as they.
        for _ in 0..<10_000 {
            let key = random.next()
            while table.judge(key, at: 1_000, rate).isAdmitted {}
        }
        #expect(!table.judge(hog, at: 1_000, rate).isAdmitted)
        #expect(!table.judge(hog, at: 999_000_000, rate).isAdmitted)
    }

    @Test("Those who are back to all of it are forgotten for newcomers, who begin with all of it")
    func newcomers() {
        var table = LimitTable(capacity: 8)
        let rate = CellRate(Allowance("a", perSecond: 10, burst: 10))
        for key in 1...8 as ClosedRange<UInt64> { _ = table.judge(key, at: 0, rate) }
        // All eight owe one: so does a ninth who comes at once.
        #expect(table.judge(9, at: 0, rate).remaining == 8)
        #expect(table.judge(10, at: 200_000_000, rate).remaining == 9)
    }
}
