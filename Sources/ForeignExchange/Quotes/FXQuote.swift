public import Cryptography
public import EventLog

/// An offer to exchange one amount for another, for a short time and once.
///
/// The amount that the customer fixed is exact. The other one, the counter amount, is rounded to
/// its currency's minor unit in favour of the house: down if it is what the customer gets, up if it
/// is what the customer gives.
public struct FXQuote: Hashable, Sendable {
    /// A side of an exchange, as the customer sees it.
    public enum Side: String, Hashable, Sendable {
        case sell
        case buy
    }

    /// Its name.
    public let id: FXQuoteID
    /// The side whose amount the customer fixed.
    public let fixedSide: Side
    /// What the customer gives; above 0.
    public let sell: Money
    /// What the customer gets; above 0.
    public let buy: Money
    /// The rate without spread.
    public let midRate: MidRate
    /// The rate with it, in units of what is bought for one unit of what is sold:
    /// `mid × (1,000,000 − spread) / 1,000,000`.
    public let appliedRate: Ratio
    /// What was taken off the mid rate.
    public let spread: Spread
    /// How far the counter amount is from the exact one by the applied rate: a part of one minor
    /// unit of ``counterCurrency``, below 1, in favour of the house. In minor units,
    /// `buy + rounding = sell × appliedRate` if what is sold was fixed, and
    /// `sell − rounding = buy / appliedRate` if what is bought was.
    public let rounding: Ratio
    /// What stays with the house against an exchange at the mid rate, spread and rounding together:
    /// whole minor units of ``counterCurrency``, not negative, to be posted (``marginLegs``).
    public let kept: Money
    /// What also stays, but is less than one minor unit and cannot be posted. In minor units and
    /// exactly, `buy + kept + keptRemainder = sell × mid` if what is sold was fixed, and
    /// `sell − kept − keptRemainder = buy / mid` if what is bought was.
    public let keptRemainder: Ratio
    /// When it was made.
    public let createdAt: Timestamp
    /// The first moment at which it is no longer good.
    public let expiresAt: Timestamp
    /// The ``RateTable/hash`` of the table it was made by.
    public let tableHash: SHA256Digest

    /// The currency of the amount that was not fixed, and so was rounded.
    public var counterCurrency: Currency {
        switch fixedSide {
        case .sell: buy.currency
        case .buy: sell.currency
        }
    }

    /// Whether it is no longer good at a moment; it is good at ``createdAt``, and no longer at
    /// ``expiresAt``.
    public func isExpired(at now: Timestamp) -> Bool { now >= expiresAt }

    /// Its state when it was just made.
    public var initialState: QuoteState { .open(until: expiresAt) }
}
