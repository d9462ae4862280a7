/// An amount in minor units of a currency. Never a floating-point number.
public struct Money: Hashable, Sendable {
    /// The amount in minor units: cents of a dollar, satoshis of a bitcoin.
    public var minor: Int64
    /// What it is an amount of.
    public var currency: Currency

    /// An amount in minor units; any sign is allowed.
    public init(minor: Int64, currency: Currency) {
        self.minor = minor
        self.currency = currency
    }

    /// Why text is not an amount.
    public enum ParseError: Error, Sendable, Equatable {
        /// Not digits with at most one decimal point between them.
        case malformed
        /// Finer than the currency's minor unit.
        case tooManyDecimals(scale: Int)
        /// More minor units than an `Int64` holds.
        case overflow
    }

    /// Reads digits with at most one decimal point, such as `12.50`; a leading `-` is allowed, a `+`, an exponent,
    /// white space or digit grouping is not. Trailing zeros beyond the currency's scale count as too many decimals.
    public init(_ text: String, currency: Currency) throws(ParseError) {
        try self.init(Array(text.utf8).span, currency: currency)
    }

    /// The same, of UTF-8 that is not copied.
    public init(_ text: Span<UInt8>, currency: Currency) throws(ParseError) {
        let isNegative = text.count > 0 && text[0] == 0x2d
        let start = isNegative ? 1 : 0
        var magnitude: Int64 = 0
        var decimals: Int?
        var seen = 0
        for place in start..<text.count {
            let character = text[place]
            if character == 0x2e {
                guard decimals == nil, seen > 0 else { throw .malformed }
                decimals = 0
                continue
            }
            guard character >= 0x30, character <= 0x39 else { throw .malformed }
            seen += 1
            if let count = decimals { decimals = count + 1 }
            guard decimals ?? 0 <= currency.scale else {
                for rest in place..<text.count where text[rest] != 0x2e {
                    guard text[rest] >= 0x30, text[rest] <= 0x39 else { throw .malformed }
                }
                throw .tooManyDecimals(scale: currency.scale)
            }
            magnitude = try Self.append(digit: Int64(character - 0x30), to: magnitude)
        }
        guard seen > 0, decimals != 0 else { throw .malformed }
        for _ in (decimals ?? 0)..<currency.scale {
            magnitude = try Self.append(digit: 0, to: magnitude)
        }
        self.init(minor: isNegative ? -magnitude : magnitude, currency: currency)
    }

    private static func append(digit: Int64, to value: Int64) throws(ParseError) -> Int64 {
        let (tenfold, overflow) = value.multipliedReportingOverflow(by: 10)
        let (sum, carry) = tenfold.addingReportingOverflow(digit)
        guard !overflow, !carry else { throw .overflow }
        return sum
    }

    /// Digits with the currency's full number of decimals, such as `12.50`; reads back to the same amount.
    public var decimal: String {
        let magnitude = String(minor.magnitude)
        let sign = minor < 0 ? "-" : ""
        guard currency.scale > 0 else { return sign + magnitude }
        let padded =
            String(repeating: "0", count: max(0, currency.scale + 1 - magnitude.count)) + magnitude
        return sign + padded.dropLast(currency.scale) + "." + padded.suffix(currency.scale)
    }
}

extension Money: CustomStringConvertible {
    /// As a person reads it, such as `12.50 USD`.
    public var description: String { "\(decimal) \(currency.code)" }
}
