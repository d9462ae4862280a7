/// A length of time as people write it: a whole number with its unit, such as `500ms`, `30s`, `5m`, `24h` or `7d`.
public struct TimeSpan: Sendable, Equatable, CustomStringConvertible {
    /// The length in milliseconds.
    public let milliseconds: Int64

    /// The longest first.
    private static let units: [(name: String, milliseconds: Int64)] = [
        ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1),
    ]

    /// A length in milliseconds.
    public init(milliseconds: Int64) { self.milliseconds = milliseconds }
    /// A length in seconds.
    public init(seconds: Int64) { self.init(milliseconds: seconds * 1_000) }

    /// Reads a length of time; nil if it is none, or too long to be counted in milliseconds.
    public init?(_ text: String) {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let name = text.dropFirst(digits.count)
        guard let number = Int64(digits), let unit = Self.units.first(where: { $0.name == name })
        else { return nil }
        let (milliseconds, overflow) = number.multipliedReportingOverflow(by: unit.milliseconds)
        guard !overflow else { return nil }
        self.init(milliseconds: milliseconds)
    }

    /// Whole seconds; what is left is cut off.
    public var seconds: Int64 { milliseconds / 1_000 }

    /// In the largest unit in which it is a whole number; reads back to the same length.
    public var description: String {
        for unit in Self.units where milliseconds != 0 && milliseconds % unit.milliseconds == 0 {
            return "\(milliseconds / unit.milliseconds)\(unit.name)"
        }
        return "0s"
    }
}
