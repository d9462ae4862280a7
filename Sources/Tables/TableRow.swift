public import EventLog

/// One row of a transactions table as it is read: flat, with the table's own numbers for identifiers, so that reading a
/// row allocates nothing.
public struct TableRow: Sendable, Equatable {
    /// Line of the file on which it begins, from 1.
    public var line: Int
    /// When the wallet was asked.
    public var occurredAt: Timestamp
    /// The account that pays: numbers from 1, as the accounts first come.
    public var payer: AccountID
    /// The account that is paid.
    public var payee: AccountID
    /// What is paid, in minor units of `currency`; not negative.
    public var amount: Int64
    /// Number of the currency.
    public var currency: UInt16
    /// `payment` or `authorization`.
    public var kind: TransferKind = .payment
    /// Place, device, instrument, address, merchant category, country and when the payer began; tokens are numbers from 1
    /// of each kind.
    public var context = RiskContext()
    /// Place of the reserve in a ledger's log; zero if none is told.
    public var sequence = Sequence.zero
    /// What the payer could spend before, without the limit, in minor units; nil if not told.
    public var payerAvailable: Int64?
    /// How far below zero the payer might go, in minor units; nil if not told.
    public var limit: Int64?
    /// What became of it.
    public var outcome: Transaction.Outcome = .posted
    /// When; not before `occurredAt`.
    public var outcomeAt: Timestamp
    /// Place of the outcome in a ledger's log; zero if none is told.
    public var outcomeSequence = Sequence.zero
    /// Whether it was fraud; nil if not known.
    public var isFraud: Bool?
    /// When that became known; `none` if not told: then after the label delay.
    public var labelKnownAt: Timestamp = .none
    /// Place of the label in a ledger's log; zero if none is told.
    public var labelSequence = Sequence.zero

    /// A posted payment of which nothing else is told.
    public init(
        line: Int, occurredAt: Timestamp, payer: AccountID, payee: AccountID, amount: Int64,
        currency: UInt16
    ) {
        self.line = line
        self.occurredAt = occurredAt
        self.payer = payer
        self.payee = payee
        self.amount = amount
        self.currency = currency
        outcomeAt = occurredAt
    }
}

/// Some rows one after another, with what has no fixed size.
public struct RowBatch: Sendable {
    /// The rows, in order.
    public private(set) var rows: [TableRow] = []
    /// Names of the numeric columns that were asked for are the reader's; here are their values, row by row, NaN where
    /// missing.
    public private(set) var extras: [Double] = []
    /// The rows' `transaction_id`s in UTF-8, one behind the other.
    public private(set) var identifiers: [UInt8] = []
    private var identifierEnds: [Int] = []

    /// No rows yet.
    public init() {}

    /// Number of rows.
    public var count: Int { rows.count }

    /// Where the `transaction_id` of row `index` stands in ``identifiers``.
    public func identifier(_ index: Int) -> Range<Int> {
        (index == 0 ? 0 : identifierEnds[index - 1])..<identifierEnds[index]
    }

    mutating func removeAll() {
        rows.removeAll(keepingCapacity: true)
        extras.removeAll(keepingCapacity: true)
        identifiers.removeAll(keepingCapacity: true)
        identifierEnds.removeAll(keepingCapacity: true)
    }

    mutating func append(_ row: TableRow, identifier: Span<UInt8>) {
        rows.append(row)
        for index in identifier.indices { identifiers.append(identifier[index]) }
        identifierEnds.append(identifiers.count)
    }

    mutating func append(extra: Double) { extras.append(extra) }

    /// Takes back what was appended of a row that turned out bad.
    mutating func truncateExtras(to count: Int) { extras.removeLast(extras.count - count) }

    /// Appends a row of another batch.
    mutating func append(row index: Int, of other: borrowing RowBatch, extraCount: Int) {
        rows.append(other.rows[index])
        identifiers.append(contentsOf: other.identifiers[other.identifier(index)])
        identifierEnds.append(identifiers.count)
        extras.append(contentsOf: other.extras[index * extraCount..<(index + 1) * extraCount])
    }
}
