import EventLog
import SplitMix
import TestSeed
import Testing

@testable import Notices

@Suite struct DeliveryRuleTests {
    private let rule = DeliveryRule()
    private let now = Samples.start

    private func wait(_ attempt: Int32, asked: Int64? = nil, _ random: inout SplitMix64) -> Int64? {
        let step = rule.step(
            after: .later(code: "busy", afterSeconds: asked), attempt: attempt, at: now,
            expiresAt: now.adding(seconds: 1_000_000), random: &random)
        guard case .again(let moment, "busy") = step else { return nil }
        return (moment.rawValue - now.rawValue) / 1_000
    }

    @Test func `waits double up to the longest, and chance takes at most half of each`() throws {
        var random = SplitMix64(seed: TestSeed.choose("DeliveryRuleTests"))
        for attempt in Int32(1)..<14 {
            let longest = min(Int64(5_000) << Int64(attempt - 1), 3_600_000)
            let waits = try (0..<200).map { _ in try #require(wait(attempt, &random)) }
            #expect(waits.allSatisfy { (longest / 2...longest).contains($0) })
            #expect(Set(waits).count > 100)
        }
    }

    @Test func `a provider that names a time is not asked sooner`() throws {
        var random = SplitMix64(seed: TestSeed.choose("DeliveryRuleTests.asked"))
        for (asked, range) in [
            (120, 120_000...122_500), (0, 2_500...5_000), (-5, 2_500...5_000),
            (Int64.max, Int64(86_400_000)...86_402_500),
        ] as [(Int64, ClosedRange<Int64>)] {
            for _ in 0..<100 {
                #expect(range.contains(try #require(wait(1, asked: asked, &random))))
            }
        }
    }

    @Test func `equal seeds wait equally`() {
        var (first, second) = (SplitMix64(seed: 7), SplitMix64(seed: 7))
        for attempt in Int32(1)..<14 { #expect(wait(attempt, &first) == wait(attempt, &second)) }
    }

    @Test func `after the last attempt, or too late, it is given up`() {
        var random = SplitMix64(seed: 1)
        func step(_ answer: DeliveryAnswer, _ attempt: Int32, life: Int64 = 100_000) -> DeliveryStep
        {
            rule.step(
                after: answer, attempt: attempt, at: now, expiresAt: now.adding(seconds: life),
                random: &random)
        }
        #expect(step(.later(code: "busy"), 14) == .dead(code: "busy"))
        #expect(step(.later(code: "busy"), 1, life: 2) == .dead(code: "busy"))
        #expect(step(.later(code: "busy", afterSeconds: 600), 1, life: 600) == .dead(code: "busy"))
        #expect(step(.delivered, 14) == .sent)
        #expect(step(.refused(code: "no"), 1) == .failed(code: "no"))
        #expect(step(.gone(code: "left"), 1) == .failed(code: "left"))
    }
}
