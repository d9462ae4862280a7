internal import EventLog
public import Simulation
public import Tables

/// Writes the simulated population's history as a transactions table.
public enum DatasetGenerator {
    /// What was written.
    public struct Summary: Sendable, Equatable {
        /// Payments, one a row.
        public var rows = 0
        /// How many of them are fraud.
        public var frauds = 0
        /// Frauds by kind, in the order of ``FraudKind``.
        public var fraudsByKind = [Int](repeating: 0, count: FraudKind.allCases.count)

        /// A summary of nothing yet.
        public init() {}
    }

    /// What the simulation knows of a payment.
    private static let columns: [TransactionColumn] = [
        .transactionID, .occurredAt, .payer, .payee, .amount, .currency, .kind, .latitude,
        .longitude, .device, .instrument, .address, .merchantCategory, .initiatedAt,
        .payerAvailable, .outcome, .outcomeAt, .label, .labelKnownAt,
    ]

    /// Writes a table to `path`; it appears whole, or not at all. Equal arguments give equal bytes.
    public static func write(
        to path: String, seed: UInt64, people: Int, merchants: Int? = nil, days: Int,
        fraudShare: Double = 0.012, progress: (TrainingProgress) -> Void = { _ in }
    ) throws(OutputError) -> Summary {
        let options = SimulatedHistory.Options(
            seed: seed, people: people, merchants: merchants, days: days, fraudShare: fraudShare)
        return try write(options, to: path, progress: progress)
    }

    /// As above, with all choices.
    ///
    /// - Parameter rowLimit: payments after which the table ends, whatever the days.
    public static func write(
        _ options: SimulatedHistory.Options, to path: String, rowLimit: Int = .max,
        progress: (TrainingProgress) -> Void = { _ in }
    ) throws(OutputError) -> Summary {
        var summary = Summary()
        var writer = try TransactionWriter(path: path, columns: columns)
        var history = SimulatedHistory(options)
        var fates = SeededRandom(seed: options.seed, stream: 3)
        let span = Double(options.days) * 86_400_000_000
        while summary.rows < rowLimit, let payment = history.next() {
            summary.rows += 1
            if let fraud = payment.fraud {
                summary.frauds += 1
                summary.fraudsByKind[FraudKind.allCases.firstIndex(of: fraud) ?? 0] += 1
            }
            try writer.append(row(payment, number: summary.rows, &fates))
            if summary.rows % 10_000 == 0 {
                let passed = Double(payment.occurredAt.rawValue - options.start.rawValue)
                progress(
                    TrainingProgress(
                        stage: "simulating", fraction: min(1, passed / span), done: summary.rows))
            }
        }
        try writer.commit()
        progress(TrainingProgress(stage: "simulating", fraction: 1, done: summary.rows))
        return summary
    }

    /// One payment as a row. Most frauds got through; labels of fraud become known after days of
    /// mail.
    static func row(
        _ payment: SimulatedPayment, number: Int, _ fates: inout SeededRandom
    ) -> Transaction {
        var row = Transaction(
            id: "t" + padded(number, 8), occurredAt: payment.occurredAt,
            payer: "a" + padded(payment.payer, 6), payee: "a" + padded(payment.payee, 6),
            amount: Money(minor: payment.amountMinor, currency: payment.currency))
        row.kind = payment.kind
        row.place = payment.place.map {
            Transaction.Place(
                latitude: Int32(($0.latitude * 1_000_000).rounded()),
                longitude: Int32(($0.longitude * 1_000_000).rounded()))
        }
        row.device = payment.device ?? ""
        row.instrument = payment.instrument ?? ""
        row.address = payment.address ?? ""
        row.merchantCategory = payment.merchantCategory
        row.initiatedAt = payment.initiatedAt
        row.payerAvailable = payment.payerAvailableMinor
        row.outcome = fates.chance(payment.isFraud ? 0.15 : 0.005) ? .voided : .posted
        row.outcomeAt = payment.occurredAt.adding(milliseconds: 300)
        row.isFraud = payment.isFraud
        let days = payment.isFraud ? min(30, 0.1 + fates.exponential(mean: 4)) : 7
        row.labelKnownAt = payment.occurredAt.adding(seconds: Int64(days * 86_400))
        return row
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
