/// How often somebody may ask: a steady rate, and how much of it may be asked for at once.
public struct Allowance: Sendable, Hashable {
    /// What it is called in answers: visible ASCII without `"` and `\` (RFC 9651, section 3.3.3).
    public let name: String
    /// Requests a second, in the long run.
    public let perSecond: Int
    /// Requests at once, by somebody who has asked for nothing for a while.
    public let burst: Int

    /// Neither rates nor bursts go beyond it, so that their products are far from overflow.
    public static let largest = 1_000_000

    /// An allowance that the program itself states: both numbers are in 1 … ``largest``.
    public init(_ name: String, perSecond: Int, burst: Int) {
        precondition(
            Self.isValid(name) && Self.range.contains(perSecond) && Self.range.contains(burst))
        self.name = name
        self.perSecond = perSecond
        self.burst = burst
    }

    /// An allowance as a setting states it: `PER-SECOND:BURST`, such as `20:100`.
    public init(_ name: String, setting: String) throws(AllowanceError) {
        let parts = setting.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let rate = Int(parts[0]), let burst = Int(parts[1]),
            Self.range.contains(rate), Self.range.contains(burst), Self.isValid(name)
        else { throw AllowanceError(setting: setting) }
        self.init(name, perSecond: rate, burst: burst)
    }

    /// Nanoseconds in which one request's worth comes back.
    var intervalNanoseconds: Int64 { 1_000_000_000 / Int64(perSecond) }

    /// Seconds in which all of it comes back, rounded up.
    var windowSeconds: Int { (burst + perSecond - 1) / perSecond }

    private static let range = 1...largest

    private static func isValid(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != 0x22 && $0 != 0x5c }
    }
}

/// A setting that states no allowance.
public struct AllowanceError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The setting.
    public let setting: String

    /// A sentence that says what would be right.
    public var description: String {
        "\(setting) is no allowance: PER-SECOND:BURST is, two whole numbers from 1 to \(Allowance.largest), such as 20:100"
    }
}
