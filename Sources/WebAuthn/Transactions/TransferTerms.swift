/// What a user agrees to by confirming a transfer: shown to them as it is, and bound to their
/// signature by a ``TransactionChallenge``.
public struct TransferTerms: Sendable {
    /// The most bytes of UTF-8 that a payee's text has.
    public static let maximumPayeeBytes = 1_024

    /// The transfer's id, 16 bytes.
    public let transferID: [UInt8]
    /// The payee as the user is shown it. Bound as its UTF-8, so that texts which only look alike
    /// are different terms.
    public let payee: String
    /// The amount in the currency's smallest unit; positive.
    public let amountMinor: Int64
    /// The currency's three capital letters (ISO 4217).
    public let currency: String

    /// Terms that a challenge can be made of.
    ///
    /// - Throws: `invalid_transfer` if the id has not 16 bytes, the payee is empty or longer than
    ///   1024 bytes, the amount is not positive, or the currency is not three capital letters.
    public init(
        transferID: [UInt8], payee: String, amountMinor: Int64, currency: String
    ) throws(WebAuthnError) {
        guard transferID.count == 16 else {
            throw WebAuthnError(
                .invalidTransfer, "a transfer's id has 16 bytes, not \(transferID.count)")
        }
        guard (1...Self.maximumPayeeBytes).contains(payee.utf8.count) else {
            throw WebAuthnError(
                .invalidTransfer,
                "a payee has 1 to \(Self.maximumPayeeBytes) bytes, not \(payee.utf8.count)")
        }
        guard amountMinor > 0 else {
            throw WebAuthnError(.invalidTransfer, "an amount is positive, not \(amountMinor)")
        }
        let capitals = UInt8(ascii: "A")...UInt8(ascii: "Z")
        guard currency.utf8.count == 3, currency.utf8.allSatisfy({ capitals.contains($0) }) else {
            throw WebAuthnError(
                .invalidTransfer,
                "\(WebAuthnError.quoted(currency)) is not three capital letters")
        }
        self.transferID = transferID
        self.payee = payee
        self.amountMinor = amountMinor
        self.currency = currency
    }
}
