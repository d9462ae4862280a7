public import Identity

extension IdentifierKind {
    /// Money that waits to be claimed.
    public enum Claim {}
    /// A request for money.
    public enum MoneyRequest {}
    /// An address at which somebody is paid.
    public enum PaymentLink {}
    /// Somebody who is paid often.
    public enum Favourite {}
    /// A payment at a later time.
    public enum StandingPayment {}
}

/// Identifies money that waits to be claimed, and the transfer that claims or returns it.
public typealias ClaimID = Identifier<IdentifierKind.Claim>
/// Identifies a request for money.
public typealias MoneyRequestID = Identifier<IdentifierKind.MoneyRequest>
/// Identifies an address at which somebody is paid.
public typealias PaymentLinkID = Identifier<IdentifierKind.PaymentLink>
/// Identifies somebody who is paid often.
public typealias FavouriteID = Identifier<IdentifierKind.Favourite>
/// Identifies a payment at a later time.
public typealias StandingPaymentID = Identifier<IdentifierKind.StandingPayment>
