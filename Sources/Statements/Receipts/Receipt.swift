public import EventLog

/// What can be shown of one payment. Its ``hash`` tells whether a receipt that comes back is still
/// the one that was given out.
public struct Receipt: Hashable, Sendable {
    /// The payment.
    public let transfer: TransferID
    /// Place in the log of the event that posted it, or that reserved it while it is not posted.
    public let sequence: EventLog.Sequence
    /// Who paid.
    public let payer: ReceiptParty
    /// Who was paid.
    public let payee: ReceiptParty
    /// What left the payer, without fees.
    public let amount: Money
    /// What either side paid for it, in the ledger's order.
    public let fees: [ReceiptFee]
    /// How it was exchanged; nil if it was not.
    public let exchange: ReceiptExchange?
    /// When the payer's money was locked.
    public let reservedAt: Timestamp
    /// When it moved; nil if it has not.
    public let postedAt: Timestamp?
    /// What was decided of it, as a word such as `approve`.
    public let decision: String

    /// Most fees of one payment.
    public static let maximumFees = 16

    /// What the ledger has of a payment.
    ///
    /// - Throws: If the receipt would contradict itself: a payment of nothing, without a place in
    ///   the log, posted before it was reserved; or if something is beyond its limit.
    public init(
        transfer: TransferID, sequence: EventLog.Sequence, payer: ReceiptParty,
        payee: ReceiptParty, amount: Money, fees: [ReceiptFee] = [],
        exchange: ReceiptExchange? = nil, reservedAt: Timestamp, postedAt: Timestamp?,
        decision: String
    ) throws(StatementError) {
        guard transfer != .none, sequence > .zero else {
            throw StatementError(
                .inconsistentReceipt, "a payment has an identifier and a place in the log")
        }
        guard amount.minor > 0, fees.count <= Self.maximumFees else {
            throw StatementError(
                .inconsistentReceipt,
                "a payment is of more than nothing and has at most \(Self.maximumFees) fees")
        }
        let lastAt = postedAt ?? reservedAt
        guard StatementPeriod.writable.contains(reservedAt),
            StatementPeriod.writable.contains(lastAt)
        else { throw StatementError(.outOfRange, "a payment is of the years 1970 to 9999") }
        guard reservedAt <= lastAt else {
            throw StatementError(.inconsistentReceipt, "it was posted before it was reserved")
        }
        guard LineKind.isWord(decision) else {
            throw StatementError(
                .malformedWord, "a decision is 1 to 24 small letters and '_', such as approve")
        }
        self.transfer = transfer
        self.sequence = sequence
        self.payer = payer
        self.payee = payee
        self.amount = amount
        self.fees = fees
        self.exchange = exchange
        self.reservedAt = reservedAt
        self.postedAt = postedAt
        self.decision = decision
    }
}
