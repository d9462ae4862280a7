public import EventLog

/// Identifier of a quote, shown outside: a UUID version 7 (RFC 9562), as transfers have.
public struct FXQuoteID: Hashable, Comparable, Sendable, CustomStringConvertible,
    LosslessStringConvertible
{
    private let bits: TransferID

    /// The identifier of two halves of 64 bits.
    public init(high: UInt64, low: UInt64) { bits = TransferID(high: high, low: low) }

    /// A new identifier: 48 bits of the moment in milliseconds, then random bits.
    public init(at moment: Timestamp, random: inout some RandomNumberGenerator) {
        bits = TransferID(milliseconds: moment.rawValue / 1_000, random: &random)
    }

    /// Reads the canonical text, in either case; nil for anything else.
    public init?(_ description: String) {
        guard let bits = TransferID(description) else { return nil }
        self.bits = bits
    }

    /// The first 64 bits.
    public var high: UInt64 { bits.high }
    /// The last 64 bits.
    public var low: UInt64 { bits.low }

    /// In the order of the 128 bits, which is by time to the millisecond.
    public static func < (a: FXQuoteID, b: FXQuoteID) -> Bool { a.bits < b.bits }

    /// The canonical text: 8-4-4-4-12 lower-case hexadecimal digits.
    public var description: String { bits.description }
}
