/// What the house takes off the mid rate, in parts per million of it; 100 are a basis point.
public struct Spread: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// From 0 to 999,999.
    public let partsPerMillion: Int64

    /// A spread; `out_of_range` unless it is from 0 to 999,999 parts per million.
    public init(partsPerMillion: Int64) throws(FXError) {
        guard (0..<Self.whole).contains(partsPerMillion) else {
            throw FXError(
                .outOfRange,
                "\(partsPerMillion): a spread is from 0 to 999999 parts per million, and 100 are "
                    + "a basis point")
        }
        self.partsPerMillion = partsPerMillion
    }

    private init(known: Int64) { partsPerMillion = known }

    /// The mid rate itself.
    public static let none = Spread(known: 0)

    private static let whole: Int64 = 1_000_000

    /// What is left of a rate; above 0.
    var factor: Ratio {
        Ratio(UInt128(Self.whole - partsPerMillion), over: UInt128(Self.whole)) ?? .zero
    }

    /// By size.
    public static func < (a: Spread, b: Spread) -> Bool { a.partsPerMillion < b.partsPerMillion }

    /// Such as `2500 ppm`.
    public var description: String { "\(partsPerMillion) ppm" }
}
