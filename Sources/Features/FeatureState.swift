public import EventLog

/// Everything the features remember: a pure function of the events applied so far and of the capacity.
///
/// Attempts count once, when they are reserved. What is usual for a payer (amounts, places, hours, payees,
/// devices) is learnt from transfers whose money moved, once, at the first posting or capture, as they were
/// reserved. Refunds, fees, funding and exchanges are not looked at.
///
/// Complexity: O(1) an event, amortised: each attempt enters and leaves each window once.
public struct FeatureState: ~Copyable {
    var log: ActivityLog
    var payers: Slab<Payer>
    var payerIndex: HashTable<NumberSlot>
    var parties: Slab<Party>
    var partyIndex: HashTable<NumberSlot>
    var relations: HashTable<Relation>
    var pending: Slab<PendingTransfer>
    var pendingIndex: HashTable<NumberSlot>
    /// The latest `recordedAt`, microseconds: time never goes back.
    var now: Int64 = .min
    /// Major units by the currency's number: what minor units are divided by; NaN if unknown.
    let divisors: [Double]

    /// The state before the first event. Memory is taken for all of `capacity` as it is needed.
    public init(capacity: FeatureCapacity = .standard) {
        log = ActivityLog(capacity: capacity.attempts)
        payers = Slab(capacity: capacity.payers)
        payerIndex = HashTable(capacity: capacity.payers)
        parties = Slab(capacity: capacity.parties)
        partyIndex = HashTable(capacity: capacity.parties)
        relations = HashTable(capacity: capacity.relations)
        pending = Slab(capacity: capacity.pending)
        pendingIndex = HashTable(capacity: capacity.pending)
        divisors = Self.divisorTable()
    }

    /// Accounts that ever tried to pay.
    public var payerCount: Int { payers.count }
    /// Attempts in the last 30 days, as of the last reserve.
    public var attemptCount: Int { Int(log.end - log.cursors[Window.month.rawValue]) }

    /// Applies one event; events must come in sequence order. For reserved payments and authorizations the
    /// features are written to `row`, ``FeatureCatalogue/count`` doubles, and true is returned.
    ///
    /// - Parameters:
    ///   - leg: the principal leg, for the payer's balance; nil if unknown.
    ///   - context: of reserve events, empty for others.
    public mutating func apply(
        _ event: Event, leg: Leg?, context: RiskContext,
        into row: UnsafeMutableBufferPointer<Double>
    ) -> Bool {
        now = max(now, event.recordedAt.rawValue)
        guard event.transferKind == .payment || event.transferKind == .authorization else {
            return false
        }
        switch event.kind {
        case .reserved:
            precondition(row.count >= Feature.allCases.count, "a row is too short")
            reserve(event, leg: leg, context: context, into: row)
            return true
        case .posted, .captured, .voided:
            settle(event)
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
