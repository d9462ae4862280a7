internal import Glibc
internal import SplitMix

/// A small generator of reproducible random numbers: xoshiro256** (Blackman, Vigna 2018), its state
/// filled from the seed by SplitMix64 (Steele, Lea, Flood 2014). Equal seeds give equal numbers on
/// every machine.
public struct SeededRandom: RandomNumberGenerator, Sendable {
    private var state: (UInt64, UInt64, UInt64, UInt64)

    /// A generator of one of 2⁶⁴ sequences.
    public init(seed: UInt64) {
        var mixer = SplitMix64(seed: seed)
        state = (mixer.next(), mixer.next(), mixer.next(), mixer.next())
    }

    /// A generator that is independent of others of the same seed: one for each person, tree or
    /// day, so that what one draws does not shift what another draws.
    public init(seed: UInt64, stream: UInt64) {
        var mixer = SplitMix64(seed: stream &+ 0x632b_e59b_d9b4_e019)
        self.init(seed: seed ^ mixer.next())
    }

    /// The next 64 bits.
    public mutating func next() -> UInt64 {
        let result = Self.rotate(state.1 &* 5, by: 7) &* 9
        let shifted = state.1 << 17
        state.2 ^= state.0
        state.3 ^= state.1
        state.1 ^= state.2
        state.0 ^= state.3
        state.2 ^= shifted
        state.3 = Self.rotate(state.3, by: 45)
        return result
    }

    private static func rotate(_ value: UInt64, by count: UInt64) -> UInt64 {
        value << count | value >> (64 - count)
    }

    /// Uniform in [0, 1), in steps of 2⁻⁵³.
    public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// Uniform in [low, high).
    public mutating func uniform(_ low: Double, _ high: Double) -> Double {
        low + (high - low) * uniform()
    }

    /// Uniform in 0 ..< bound, which must be positive (Lemire 2019, without bias).
    public mutating func below(_ bound: Int) -> Int {
        precondition(bound > 0, "nothing is below \(bound)")
        let limit = UInt64(bound)
        while true {
            let product = next().multipliedFullWidth(by: limit)
            if product.low >= (0 &- limit) % limit { return Int(product.high) }
        }
    }

    /// True with a probability.
    public mutating func chance(_ probability: Double) -> Bool { uniform() < probability }

    /// Normal deviate of mean 0 and variance 1 (Box, Muller 1958).
    public mutating func normal() -> Double {
        let radius = (-2 * log(1 - uniform())).squareRoot()
        return radius * cos(2 * Double.pi * uniform())
    }

    /// exp of a normal deviate with this median and this deviation of the logarithm.
    public mutating func logNormal(median: Double, sigma: Double) -> Double {
        median * exp(sigma * normal())
    }

    /// Exponential deviate with a mean.
    public mutating func exponential(mean: Double) -> Double { -mean * log(1 - uniform()) }

    /// An index drawn in proportion to `weights`, of which at least one must be positive.
    public mutating func index(weights: [Double]) -> Int {
        var left = uniform() * weights.reduce(0, +)
        for (index, weight) in weights.enumerated() {
            left -= weight
            if left < 0 { return index }
        }
        return weights.lastIndex { $0 > 0 } ?? 0
    }
}
