import SplitMix
import TestSeed
import Testing

@testable import ForeignExchange

@Suite struct RatioTests {
    private static func ratio(_ above: UInt128, _ below: UInt128) -> Ratio {
        Ratio(above, over: below)!
    }

    @Test func `fractions are in lowest terms`() {
        #expect(Self.ratio(6, 4) == Self.ratio(3, 2))
        #expect(Self.ratio(6, 4).description == "3/2")
        #expect(Self.ratio(0, 7) == .zero)
        #expect(Self.ratio(8, 4).description == "2")
        #expect(Ratio(1, over: 0) == nil)
        #expect(Ratio.zero.inverse == nil)
        #expect(Self.ratio(2, 3).inverse == Self.ratio(3, 2))
    }

    @Test func `products are exact, and refused only when their lowest terms do not fit`() {
        let large = UInt128.max
        #expect(Self.ratio(large, 7).multiplied(by: Self.ratio(7, large)) == Ratio(1))
        #expect(Self.ratio(large, 1).multiplied(by: Ratio(2)) == nil)
        #expect(Self.ratio(1, large).multiplied(by: Self.ratio(1, 2)) == nil)
        #expect(Self.ratio(large, 2).multiplied(by: Ratio(2)) == Self.ratio(large, 1))
        #expect(Ratio.powerOfTen(39) == nil)
        #expect(Ratio.powerOfTen(-2) == Self.ratio(1, 100))
    }

    @Test func `whole numbers are rounded down or up, with what is missing stated`() {
        let third = Self.ratio(1, 3)
        #expect(third.rounded(times: 10, .down) == .init(whole: 3, remainder: third))
        #expect(third.rounded(times: 10, .up) == .init(whole: 4, remainder: Self.ratio(2, 3)))
        #expect(third.rounded(times: 9, .down) == .init(whole: 3, remainder: .zero))
        #expect(third.rounded(times: 9, .up) == .init(whole: 3, remainder: .zero))
        #expect(third.rounded(times: 0, .up) == .init(whole: 0, remainder: .zero))
        #expect(third.rounded(times: -1, .down) == nil)
        #expect(Ratio(1).rounded(times: .max, .up)?.whole == .max)
        #expect(Ratio(2).rounded(times: .max, .down) == nil)
        #expect(Self.ratio(UInt128(Int64.max) * 2 + 1, 2).rounded(times: 1, .down)?.whole == .max)
        #expect(Self.ratio(UInt128(Int64.max) * 2 + 1, 2).rounded(times: 1, .up) == nil)
        #expect(Self.ratio(.max, 1).rounded(times: .max, .down) == nil)
    }

    @Test func `decimals are cut off`() {
        #expect(Self.ratio(2, 3).decimal(places: 4) == "0.6666")
        #expect(Self.ratio(10_853, 10_000).decimal(places: 6) == "1.085300")
        #expect(Ratio(155).decimal(places: 0) == "155")
        #expect(Self.ratio(UInt128.max - 1, .max).decimal(places: 3) == "0.999")
    }

    @Test func `random products, orders and roundings are those of numbers of any size`() {
        var random = SplitMix64(seed: TestSeed.choose("RatioTests"))
        func number() -> UInt128 {
            let bits = UInt128(random.next()) << 64 | UInt128(random.next())
            return max(1, bits >> UInt128(random.below(127)))
        }
        for _ in 0..<3_000 {
            let (a, b) = (Self.ratio(number(), number()), Self.ratio(number(), number()))
            let left = Natural(a.numerator) * Natural(b.denominator)
            let right = Natural(b.numerator) * Natural(a.denominator)
            #expect((a < b) == (left < right))
            if let product = a.multiplied(by: b) {
                let exact = Fraction(a) * Fraction(b)
                #expect(Fraction(product) == exact)
            }
            let factor = Int64(random.next() >> UInt64(1 + random.below(63)))
            guard let down = a.rounded(times: factor, .down) else { continue }
            #expect(down.remainder < Ratio(1))
            let exact = Fraction(factor) * Fraction(a)
            #expect(Fraction(down.whole) + Fraction(down.remainder) == exact)
            guard let up = a.rounded(times: factor, .up) else { continue }
            #expect(up.remainder < Ratio(1))
            #expect(exact + Fraction(up.remainder) == Fraction(up.whole))
        }
    }
}

extension Fraction {
    init(_ ratio: Ratio) { self.init(Natural(ratio.numerator), Natural(ratio.denominator)) }
}
