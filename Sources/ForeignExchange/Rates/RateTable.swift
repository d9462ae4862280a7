public import Cryptography
public import EventLog

/// Mid rates of one source at one moment.
///
/// Each rate and its inverse are exactly consistent, and so are all rates of a table that states
/// rates against its pivot alone: by such a table nobody gains, whichever way around the currencies.
/// A rate stated between two others is taken as it is; if it contradicts those through the pivot by
/// more than the spreads, going around the three pays.
public struct RateTable: Sendable, Equatable {
    /// Most rates of one table.
    public static let maximumRates = 10_000
    /// Longest time that rates may be good for, in seconds: 31 days.
    public static let longestAgeSeconds: Int64 = 2_678_400

    /// Who says so: 1 to 64 printable ASCII characters without a comma.
    public let source: String
    /// When it was so.
    public let observedAt: Timestamp
    /// How many seconds after that the rates may still be quoted by.
    public let maximumAgeSeconds: Int64
    /// The currency that rates between two others may be derived through; nil for none.
    public let pivot: Currency?
    /// The rates as they were stated.
    public let rates: [CurrencyPair: Rate]
    /// SHA-256 of ``canonicalText``, by which a quote names the table that it was made by.
    public let hash: SHA256Digest

    /// A table. Refused with `out_of_range`, `too_large` or `missing_setting` beyond the limits or
    /// without any rate, and with `duplicate_pair` if a pair is stated both ways: the inverse of a
    /// rate is derived exactly, and a second opinion on it would let a customer gain by going back
    /// and forth.
    public init(
        source: String, observedAt: Timestamp, maximumAgeSeconds: Int64, pivot: Currency? = nil,
        rates: [CurrencyPair: Rate]
    ) throws(FXError) {
        guard Self.isSource(source) else {
            throw FXError(
                .outOfRange,
                "a source has 1 to 64 printable ASCII characters, without a comma and without a "
                    + "space around them")
        }
        guard observedAt > .none, observedAt.rawValue <= Self.lastMoment else {
            throw FXError(
                .outOfRange, "rates are observed at a moment after 1970 and before 10000")
        }
        guard (1...Self.longestAgeSeconds).contains(maximumAgeSeconds) else {
            throw FXError(
                .outOfRange,
                "a maximum age of \(maximumAgeSeconds) s: it is from 1 to "
                    + "\(Self.longestAgeSeconds)")
        }
        guard !rates.isEmpty else {
            throw FXError(.missingSetting, "there is no rate, as in EUR,USD,1.0853")
        }
        guard rates.count <= Self.maximumRates else {
            throw FXError(
                .tooLarge, "\(rates.count) rates: at most \(Self.maximumRates) are allowed")
        }
        if let pair = rates.keys.first(where: { rates[$0.inverse] != nil })?.undirected {
            throw FXError(
                .duplicatePair, "\(pair) and its inverse are both stated: the other is derived")
        }
        self.source = source
        self.observedAt = observedAt
        self.maximumAgeSeconds = maximumAgeSeconds
        self.pivot = pivot
        self.rates = rates
        hash = SHA256.hash(
            Array(
                Self.canonicalText(source, observedAt, maximumAgeSeconds, pivot, rates).utf8))
    }

    /// 9999-12-31T23:59:59.999999Z: later ones have no RFC 3339.
    private static let lastMoment: Int64 = 253_402_300_799_999_999

    private static func isSource(_ text: String) -> Bool {
        let bytes = text.utf8
        return (1...64).contains(bytes.count) && bytes.first != 0x20 && bytes.last != 0x20
            && bytes.allSatisfy { $0 >= 0x20 && $0 < 0x7f && $0 != 0x2c }
    }

    /// Whether the rates may be quoted by at a moment; refused with `stale_rates` after their
    /// maximum age, and with `rates_from_future` before they were observed.
    public func checkAge(at now: Timestamp) throws(FXError) {
        let age = now.rawValue.subtractingReportingOverflow(observedAt.rawValue)
        // The difference overflows only for moments far below 0, which are before the observation.
        guard !age.overflow, age.partialValue >= 0 else {
            throw FXError(
                .ratesFromFuture,
                "the rates of \(source) are of \(observedAt.rfc3339()), which is yet to come")
        }
        guard age.partialValue <= maximumAgeSeconds * 1_000_000 else {
            throw FXError(
                .staleRates,
                "the rates of \(source) are of \(observedAt.rfc3339()), and may be "
                    + "\(maximumAgeSeconds) s old: they are \(age.partialValue / 1_000_000) s old")
        }
    }
}
