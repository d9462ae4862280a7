/// A natural number of any size, multiplied and added as on paper: what exact results are checked
/// against.
struct Natural: Comparable {
    /// To the base of 10^9, the lowest first, without zeros at the top.
    private var limbs: [UInt64]
    private static let base: UInt64 = 1_000_000_000

    init(_ value: UInt128) {
        limbs = []
        var rest = value
        while rest > 0 {
            limbs.append(UInt64(rest % UInt128(Self.base)))
            rest /= UInt128(Self.base)
        }
    }

    init(_ value: Int64) { self.init(UInt128(value)) }

    static func powerOfTen(_ exponent: Int) -> Natural {
        (0..<exponent).reduce(Natural(1 as Int64)) { power, _ in power * Natural(10 as Int64) }
    }

    static func + (a: Natural, b: Natural) -> Natural {
        var sum = Natural(0 as Int64)
        var carry: UInt64 = 0
        for place in 0..<max(a.limbs.count, b.limbs.count) {
            let limb =
                (place < a.limbs.count ? a.limbs[place] : 0)
                + (place < b.limbs.count ? b.limbs[place] : 0) + carry
            sum.limbs.append(limb % base)
            carry = limb / base
        }
        if carry > 0 { sum.limbs.append(carry) }
        return sum
    }

    static func * (a: Natural, b: Natural) -> Natural {
        var product = Natural(0 as Int64)
        product.limbs = [UInt64](repeating: 0, count: a.limbs.count + b.limbs.count)
        for (i, x) in a.limbs.enumerated() {
            var carry: UInt64 = 0
            for (j, y) in b.limbs.enumerated() {
                let limb = product.limbs[i + j] + x * y + carry
                product.limbs[i + j] = limb % base
                carry = limb / base
            }
            product.limbs[i + b.limbs.count] += carry
        }
        while product.limbs.last == 0 { product.limbs.removeLast() }
        return product
    }

    static func < (a: Natural, b: Natural) -> Bool {
        guard a.limbs.count == b.limbs.count else { return a.limbs.count < b.limbs.count }
        return a.limbs.reversed().lexicographicallyPrecedes(b.limbs.reversed())
    }
}

/// A fraction of natural numbers that is never reduced.
struct Fraction {
    var above: Natural
    var below: Natural

    init(_ above: Natural, _ below: Natural) {
        self.above = above
        self.below = below
    }

    init(_ whole: Int64) { self.init(Natural(whole), Natural(1 as Int64)) }

    static func + (a: Fraction, b: Fraction) -> Fraction {
        Fraction(a.above * b.below + b.above * a.below, a.below * b.below)
    }

    static func * (a: Fraction, b: Fraction) -> Fraction {
        Fraction(a.above * b.above, a.below * b.below)
    }

    var inverse: Fraction { Fraction(below, above) }

    static func == (a: Fraction, b: Fraction) -> Bool { a.above * b.below == b.above * a.below }
}
