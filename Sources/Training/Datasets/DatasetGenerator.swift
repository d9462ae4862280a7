internal import EventLog
public import Simulation
public import Tables

/// Writes the simulated population's history as a transactions table.
public enum DatasetGenerator {
    /// What the simulation knows of a payment.
    private static let columns: [TransactionColumn] = [
        .transactionID, .occurredAt, .payer, .payee, .amount, .currency, .kind, .latitude,
        .longitude, .device, .instrument, .address, .merchantCategory, .country, .payerAvailable,
        .outcome, .label, .labelKnownAt,
    ]

    /// Writes a table to `path`; it appears whole, or not at all. Equal arguments give equal bytes.
    public static func write(
        to path: String, seed: UInt64, people: Int, merchants: Int? = nil, days: Int,
        fraudShare: Double = 0.007, progress: (TrainingProgress) -> Void = { _ in }
    ) throws(OutputError) -> DatasetSummary {
        let options = SimulatedHistory.Options(
            seed: seed, people: people, merchants: merchants, days: days, fraudShare: fraudShare)
        return try write(options, to: path, progress: progress)
    }

    /// As above, with all choices.
    ///
    /// - Parameters:
    ///   - truth: a second table to write: what the simulation knows of each fraud, see ``truthHeader``.
    ///   - rowLimit: payments after which the table ends, whatever the days.
    public static func write(
        _ options: SimulatedHistory.Options, to path: String, truth: String? = nil,
        rowLimit: Int = .max, progress: (TrainingProgress) -> Void = { _ in }
    ) throws(OutputError) -> DatasetSummary {
        var summary = DatasetSummary(options)
        var writer = try TransactionWriter(path: path, columns: columns)
        var frauds: AtomicFile?
        if let truth {
            frauds = try AtomicFile(path: truth)
            try frauds?.append(truthHeader + "\n")
        }
        var history = SimulatedHistory(options)
        var fates = SeededRandom(seed: options.seed, stream: 3)
        let span = Double(options.days) * 86_400_000_000
        while summary.rows < rowLimit, let payment = history.next() {
            let row = row(payment, number: summary.rows + 1, &fates)
            summary.count(payment, row)
            if let fraud = payment.fraud {
                let reported = row.isFraud == true ? 1 : 0
                try frauds?.append("\(row.id),\(fraud.rawValue),\(reported)\n")
            }
            try writer.append(row)
            if summary.rows % 10_000 == 0 {
                let passed = Double(payment.occurredAt.rawValue - options.start.rawValue)
                progress(
                    TrainingProgress(
                        stage: "simulating", fraction: min(1, passed / span), done: summary.rows))
            }
        }
        try writer.commit()
        try frauds?.commit()
        progress(TrainingProgress(stage: "simulating", fraction: 1, done: summary.rows))
        return summary
    }

    /// Columns of the truth: which payments are fraud, of which kind (``FraudKind``), and whether anybody reported it,
    /// which is what the table's label says.
    public static let truthHeader = "transaction_id,fraud_kind,reported"

    /// One payment as a row. Most frauds get through. Some are never reported, and stay genuine in the table; the
    /// others become known after days, some of them after many: log-normal, half of them within 2.6 days, one in five
    /// after more than 6.6, none after more than 60. What is genuine is nowhere said to be: its label has no time.
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
        row.country = payment.country
        row.payerAvailable = payment.payerAvailableMinor
        row.outcome = fates.chance(payment.isFraud ? 0.06 : 0.012) ? .voided : .posted
        row.isFraud = payment.fraud.map { fates.chance($0.reportedShare) } ?? false
        if row.isFraud == true {
            let days = min(60, fates.logNormal(median: 2.6, sigma: 1.1))
            row.labelKnownAt = payment.occurredAt.adding(seconds: Int64(days * 86_400))
        }
        return row
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
