/// An exact fraction that is not negative, in lowest terms; equal numbers are equal values.
public struct Ratio: Hashable, Sendable {
    /// What is above the line.
    public let numerator: UInt128
    /// What is below it; above 0.
    public let denominator: UInt128

    /// 0.
    public static let zero = Ratio(0)

    /// A fraction in lowest terms; nil if the denominator is 0.
    public init?(_ numerator: UInt128, over denominator: UInt128) {
        guard denominator > 0 else { return nil }
        let divisor = Self.greatestCommonDivisor(numerator, denominator)
        self.init(lowest: numerator / divisor, denominator / divisor)
    }

    /// A whole number.
    public init(_ whole: UInt64) { self.init(lowest: UInt128(whole), 1) }

    private init(lowest numerator: UInt128, _ denominator: UInt128) {
        self.numerator = numerator
        self.denominator = denominator
    }

    private static func greatestCommonDivisor(_ a: UInt128, _ b: UInt128) -> UInt128 {
        var (a, b) = (a, b)
        while b > 0 { (a, b) = (b, a % b) }
        return a
    }

    /// 10 to a power; nil beyond 38 either way.
    static func powerOfTen(_ exponent: Int) -> Ratio? {
        guard abs(exponent) <= 38 else { return nil }
        var power: UInt128 = 1
        for _ in 0..<abs(exponent) { power *= 10 }
        return exponent < 0 ? Ratio(lowest: 1, power) : Ratio(lowest: power, 1)
    }

    /// 1 divided by this; nil for 0.
    public var inverse: Ratio? {
        numerator > 0 ? Ratio(lowest: denominator, numerator) : nil
    }

    /// The exact product; nil if even its lowest terms are beyond 128 bits.
    public func multiplied(by other: Ratio) -> Ratio? {
        // Cancelled across first, the factors have nothing more in common: what overflows then
        // must.
        let left = Self.greatestCommonDivisor(numerator, other.denominator)
        let right = Self.greatestCommonDivisor(other.numerator, denominator)
        let (above, overflow) = (numerator / left)
            .multipliedReportingOverflow(by: other.numerator / right)
        let (below, carry) = (denominator / right)
            .multipliedReportingOverflow(by: other.denominator / left)
        return overflow || carry ? nil : Ratio(lowest: above, below)
    }

    /// How a product with a whole number is made whole.
    enum Rounding {
        case down
        case up
    }

    /// A number made whole, and how far that is from the exact one: below 1.
    struct Rounded: Equatable {
        var whole: Int64
        var remainder: Ratio
    }

    /// The product with a number that is not negative, made whole; nil if that is beyond an
    /// `Int64`. The product itself is of 256 bits.
    func rounded(times factor: Int64, _ rounding: Rounding) -> Rounded? {
        guard factor >= 0 else { return nil }
        let product = numerator.multipliedFullWidth(by: UInt128(factor))
        guard product.high < denominator else { return nil }
        let (quotient, rest) = denominator.dividingFullWidth(product)
        guard let floor = Int64(exactly: quotient) else { return nil }
        guard case .up = rounding, rest > 0 else {
            return Ratio(rest, over: denominator).map { Rounded(whole: floor, remainder: $0) }
        }
        let (whole, overflow) = floor.addingReportingOverflow(1)
        guard !overflow, let remainder = Ratio(denominator - rest, over: denominator) else {
            return nil
        }
        return Rounded(whole: whole, remainder: remainder)
    }

    /// As a decimal for people, cut off after so many places.
    public func decimal(places: Int) -> String {
        var text = String(numerator / denominator)
        var rest = numerator % denominator
        if places > 0 { text += "." }
        for _ in 0..<max(0, places) {
            let tenfold = rest.multipliedFullWidth(by: 10)
            let (digit, next) = denominator.dividingFullWidth(tenfold)
            text += String(digit)
            rest = next
        }
        return text
    }
}

extension Ratio: Comparable {
    /// By the numbers they stand for.
    public static func < (a: Ratio, b: Ratio) -> Bool {
        let left = a.numerator.multipliedFullWidth(by: b.denominator)
        let right = b.numerator.multipliedFullWidth(by: a.denominator)
        return left.high != right.high ? left.high < right.high : left.low < right.low
    }
}

extension Ratio: CustomStringConvertible {
    /// `numerator/denominator`, or the whole number alone.
    public var description: String {
        denominator == 1 ? String(numerator) : "\(numerator)/\(denominator)"
    }
}
