public import EventLog
public import Simulation
internal import Tables

/// What was written of a simulated history, counted meanwhile.
public struct DatasetSummary: Sendable, Equatable {
    /// Payments of a week, or of a kind of fraud.
    public struct Count: Sendable, Equatable {
        /// Payments.
        public var payments = 0
        /// How many of them are fraud.
        public var frauds = 0
        /// How many of those were reported.
        public var reported = 0
        /// Minor units of the frauds.
        public var fraudMinor: Int64 = 0
    }

    /// What the history was made of.
    public let options: SimulatedHistory.Options
    /// Payments, one a row.
    public private(set) var rows = 0
    /// How many of them are fraud.
    public private(set) var frauds = 0
    /// How many of those are labelled so: the others were never reported.
    public private(set) var reported = 0
    /// Frauds by kind, in the order of ``FraudKind``.
    public private(set) var kinds = [Count](repeating: Count(), count: FraudKind.allCases.count)
    /// By week of seven days, from the history's first day.
    public private(set) var weeks: [Count] = []
    /// Payments between people, without a merchant category.
    public private(set) var betweenPeople = 0
    /// Payments that do not tell their place.
    public private(set) var withoutPlace = 0
    /// Payments that did not go through.
    public private(set) var voided = 0
    /// Amounts of genuine payments, in minor units; of the first ones in a long history.
    private var amounts: [Int64] = []
    /// Seconds from a fraud to its report, of the first ones in a long history.
    private var delays: [Int64] = []

    private static let mostKept = 1_000_000

    /// A summary of nothing yet.
    init(_ options: SimulatedHistory.Options) { self.options = options }

    /// Frauds by kind, in the order of ``FraudKind``.
    public var fraudsByKind: [Int] { kinds.map(\.frauds) }

    /// Where the last two fifths of the days begin.
    public var firstHeldOut: Timestamp {
        options.start.adding(seconds: Int64(options.days * 3 / 5) * 86_400)
    }

    mutating func count(_ payment: SimulatedPayment, _ row: Transaction) {
        rows += 1
        if payment.merchantCategory == 0 { betweenPeople += 1 }
        if payment.place == nil { withoutPlace += 1 }
        if row.outcome == .voided { voided += 1 }
        let week = Int((row.occurredAt.rawValue - options.start.rawValue) / (7 * 86_400_000_000))
        while weeks.count <= week { weeks.append(Count()) }
        weeks[week].payments += 1
        guard let fraud = payment.fraud else {
            if amounts.count < Self.mostKept { amounts.append(payment.amountMinor) }
            return
        }
        let kind = FraudKind.allCases.firstIndex(of: fraud) ?? 0
        let wasReported = row.isFraud == true
        frauds += 1
        if wasReported {
            reported += 1
            if delays.count < Self.mostKept {
                delays.append((row.labelKnownAt.rawValue - row.occurredAt.rawValue) / 1_000_000)
            }
        }
        weeks[week].frauds += 1
        kinds[kind].payments += 1
        kinds[kind].frauds += 1
        kinds[kind].fraudMinor += payment.amountMinor
        if wasReported {
            weeks[week].reported += 1
            kinds[kind].reported += 1
        }
    }

    /// A quantile of the genuine amounts, in minor units.
    func amount(quantile: Double) -> Int64 { Self.quantile(amounts, quantile) }

    /// A quantile of the seconds from a fraud to its report.
    func delay(quantile: Double) -> Int64 { Self.quantile(delays, quantile) }

    private static func quantile(_ values: [Int64], _ share: Double) -> Int64 {
        guard !values.isEmpty else { return 0 }
        return values.sorted()[Int(share * Double(values.count - 1))]
    }
}
