internal import Cryptography

/// What two people compare, aloud or side by side, to know that nobody stands between them: equal on both sides if
/// both see the same keys. It changes with each change of a key.
///
/// Each person gives six groups: SHA-256 of the label `holdfast.safety-number.v1` and the digest of their ``KeyList``;
/// of its first 30 bytes each five, as a number, modulo 100 000. The smaller six come first. To find other keys with
/// the same six groups takes about 2^99 trials.
public struct SafetyNumber: Sendable, Hashable, CustomStringConvertible {
    /// Twelve groups of five digits.
    public let groups: [String]

    /// The number of two people.
    public init(_ one: KeyList, _ other: KeyList) {
        let halves = [Self.half(one), Self.half(other)].sorted { $0.lexicographicallyPrecedes($1) }
        groups = halves.flatMap { $0 }
    }

    private static func half(_ list: KeyList) -> [String] {
        let label = Array("holdfast.safety-number.v1".utf8)
        let digest = SHA256.hash(label + list.digest.bytes).bytes
        return (0..<6).map { group in
            let number = digest[group * 5..<group * 5 + 5].reduce(UInt64(0)) {
                $0 << 8 | UInt64($1)
            }
            let digits = String(number % 100_000)
            return String(repeating: "0", count: 5 - digits.utf8.count) + digits
        }
    }

    /// The groups with blanks between them.
    public var description: String { groups.joined(separator: " ") }
}
