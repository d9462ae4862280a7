public import EventLog

/// Everything the features remember: a pure function of the events applied so far and of the capacity.
///
/// Attempts count once, when they are reserved. What is usual for a payer, a payee or a merchant category (amounts,
/// places, hours, payees, devices) is learnt from transfers whose money moved, once, at the first posting or capture, as
/// they were reserved. What is known of fraud is learnt from labels as they come; an attempt that is not known to be
/// fraud is presumed genuine once it is as old as the label delay. Refunds, fees, funding and exchanges are not looked
/// at.
///
/// Complexity: O(1) an event, amortised: each attempt enters and leaves each window once. A label costs a bisection of
/// the attempts that are kept.
///
/// Methods on the way of an event are `mutating` even where they change nothing: to lend the state for reading, the
/// compiler copies the two kilobytes of it; to lend it for changing, it passes its address.
public struct FeatureState: ~Copyable {
    var log: ActivityLog
    var means: Slab<Means>
    var meansIndex: HashTable<NumberSlot>
    var payers: Slab<Payer>
    var payerIndex: HashTable<NumberSlot>
    var parties: Slab<Party>
    var partyIndex: HashTable<NumberSlot>
    var payees: Slab<Payee>
    var relations: HashTable<Relation>
    var pairDays: Slab<PairDay>
    var pairDayIndex: HashTable<NumberSlot>
    var spots: Slab<SpotChunk>
    var troubles: Slab<PayerTrouble>
    var frauds: Slab<FraudHistory>
    /// Of parties, by their numbers.
    var fraudIndex: HashTable<NumberSlot>
    var categories: DirectTable<Category>
    var payerCategories: HashTable<PayerCategory>
    /// Posted payments of all payers, by the number of their currency.
    var population: DirectTable<AmountBaseline>
    var pending: Slab<PendingTransfer>
    var pendingIndex: HashTable<NumberSlot>
    /// The latest `recordedAt`, microseconds: time never goes back.
    var now: Int64 = .min
    /// Of the attempts that matured in the last 30 days, those that are known to be fraud.
    var maturedFrauds: Int64 = 0
    /// Major units by the currency's number: what minor units are divided by; NaN if unknown.
    let divisors: [Double]
    let distances = PlaceCell.Distances()
    /// Of the events that come next; no part of what is remembered.
    var lookahead = Lookahead()

    /// The state before the first event. Memory is taken for all of `capacity` as it is needed.
    public init(capacity: FeatureCapacity = .standard) {
        log = ActivityLog(
            capacity: capacity.attempts, delayMicros: capacity.labelDelaySeconds * 1_000_000)
        means = Slab(capacity: capacity.attempts)
        // Chains of buckets need some room of their own.
        meansIndex = HashTable(capacity: 2 * capacity.attempts)
        payers = Slab(capacity: capacity.payers)
        payerIndex = HashTable(capacity: capacity.payers)
        parties = Slab(capacity: capacity.parties)
        partyIndex = HashTable(capacity: capacity.parties)
        payees = Slab(capacity: capacity.parties)
        relations = HashTable(capacity: capacity.relations)
        pairDays = Slab(capacity: capacity.relations)
        pairDayIndex = HashTable(capacity: capacity.relations)
        spots = Slab(capacity: 2 * capacity.payers)
        troubles = Slab(capacity: capacity.payers)
        frauds = Slab(capacity: capacity.parties + capacity.payers)
        fraudIndex = HashTable(capacity: capacity.parties)
        categories = DirectTable()
        payerCategories = HashTable(capacity: capacity.relations)
        population = DirectTable()
        pending = Slab(capacity: capacity.pending)
        pendingIndex = HashTable(capacity: capacity.pending)
        divisors = Self.divisorTable()
    }

    /// Accounts that ever tried to pay.
    public var payerCount: Int { payers.count }
    /// Attempts in the last 30 days, as of the last reserve.
    public var attemptCount: Int { Int(log.end - log.cursors[Edge.month.rawValue]) }

    /// Applies one event; events must come in sequence order. For reserved payments and authorizations the
    /// features are written to `row`, ``FeatureCatalogue/count`` doubles, and true is returned.
    ///
    /// - Parameters:
    ///   - leg: the principal leg, for the payer's balance; nil if unknown.
    ///   - context: of reserve events, empty for others.
    ///   - label: of labelled events, nil for others.
    public mutating func apply(
        _ event: Event, leg: Leg?, context: RiskContext, label: TransferLabel? = nil,
        into row: UnsafeMutableBufferPointer<Double>
    ) -> Bool {
        now = max(now, event.recordedAt.rawValue)
        guard event.transferKind == .payment || event.transferKind == .authorization else {
            return false
        }
        switch event.kind {
        case .reserved:
            precondition(row.count >= Feature.count, "a row is too short")
            reserve(event, leg: leg, context: context, into: row)
            return true
        case .posted, .captured, .voided:
            settle(event)
            return false
        case .labelled:
            // What matured before has done so without the label; at one instant labels come first.
            slideWindows(to: now - 1)
            if let label { learn(label, about: event) }
            return false
        default:
            return false
        }
    }

    private static func divisorTable() -> [Double] {
        let last = Currency.all.last?.number ?? 0
        var table = [Double](repeating: .nan, count: Int(last) + 1)
        for currency in Currency.all {
            table[Int(currency.number)] = (0..<currency.scale).reduce(1.0) { power, _ in power * 10
            }
        }
        return table
    }

    /// What divides minor units of a currency into major ones.
    @inline(__always)
    func divisor(_ currency: UInt16) -> Double {
        Int(currency) < divisors.count ? divisors[Int(currency)] : .nan
    }
}
