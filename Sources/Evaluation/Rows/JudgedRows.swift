/// Labelled rows of a table with the scores of a model, column by column, in the table's order: what all figures are
/// computed from.
public struct JudgedRows: Sendable, Equatable {
    /// Calibrated probabilities of fraud.
    public private(set) var scores: [Double] = []
    /// Whether the row turned out to be fraud.
    public private(set) var isFraud: [Bool] = []
    /// When it occurred, microseconds since 1970; 0 in a table without times.
    public private(set) var times: [Int64] = []
    /// Numbers of the payers; empty for a table that names none.
    public private(set) var payers: [UInt32] = []
    /// Numbers of the payees; empty for a table that names none.
    public private(set) var payees: [UInt32] = []
    /// Amounts in minor units of ``currencies``; empty for a table without amounts.
    public private(set) var amounts: [Int64] = []
    /// Numbers of the currencies; empty for a table without amounts.
    public private(set) var currencies: [UInt16] = []
    /// All frauds of the table up to the last judged row, those before the range included: who paid, and when that was
    /// known.
    public private(set) var knownFrauds: [KnownFraud] = []

    /// A payment that became known as fraud.
    public struct KnownFraud: Sendable, Equatable {
        /// Number of the payer.
        public var payer: UInt32
        /// Microseconds since 1970.
        public var knownAt: Int64
    }

    /// No rows yet.
    public init() {}

    /// Number of rows.
    public var count: Int { scores.count }
    /// How many of them are fraud.
    public var frauds: Int { isFraud.reduce(0) { $0 + ($1 ? 1 : 0) } }
    /// Whether payers, payees and amounts are known.
    public var hasParties: Bool { count > 0 && payers.count == count }

    /// Adds a row of which nothing but its score and its label is known.
    public mutating func append(score: Double, isFraud: Bool, time: Int64 = 0) {
        precondition(payers.isEmpty, "some rows name a payer, others none")
        scores.append(score)
        self.isFraud.append(isFraud)
        times.append(time)
    }

    /// Adds a payment; amounts are in minor units.
    public mutating func append(
        score: Double, isFraud: Bool, time: Int64, payer: UInt32, payee: UInt32, amount: Int64,
        currency: UInt16
    ) {
        precondition(payers.count == count, "some rows name a payer, others none")
        scores.append(score)
        self.isFraud.append(isFraud)
        times.append(time)
        payers.append(payer)
        payees.append(payee)
        amounts.append(amount)
        currencies.append(currency)
    }

    /// Notes a fraud, whether or not its row is judged.
    public mutating func noteFraud(payer: UInt32, knownAt: Int64) {
        knownFrauds.append(KnownFraud(payer: payer, knownAt: knownAt))
    }
}
