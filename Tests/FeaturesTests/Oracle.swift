import EventLog
import Features

/// Recomputes every feature from the list of all that happened, with none of the engine's bookkeeping: no ring, no
/// cursor, no counter that is ever taken from.
struct Oracle {
    struct Attempt {
        var event: Event
        var context: RiskContext
        var isVoided = false
        var isFraud = false
        /// The payer's own outlier when it was made.
        var isOutlier = false
        /// Place in the order of all that matured or was labelled; nil before it matures.
        var maturedOrder: Int?
        var wasFraudWhenMatured = false

        var time: Int64 { event.recordedAt.rawValue }
        var payer: Int64 { event.payer.rawValue }
        var payee: Int64 { event.payee.rawValue }
        /// Row and column of a hundredth of a degree each.
        var cell: UInt64? {
            guard context.hasPlace else { return nil }
            let row = (Int(context.latitude) + 90_000_000) / 10_000
            let column = (Int(context.longitude) + 180_000_000) / 10_000
            return UInt64(row << 16 | column)
        }
        var category: UInt16 { context.merchantCategory }
        var major: Double { Double(event.amount) / 100 }

        /// Key of the party of a kind: payee, device, instrument, address, place.
        func key(_ kind: Int) -> UInt64? {
            switch kind {
            case 0: UInt64(payee)
            case 1: context.device == .none ? nil : context.device.rawValue
            case 2: context.instrument == .none ? nil : context.instrument.rawValue
            case 3: context.address == .none ? nil : context.address.rawValue
            default: cell.map { $0 + 1 }
            }
        }
    }

    struct PartyKey: Hashable {
        var kind: Int
        var key: UInt64
    }
    struct PairKey: Hashable {
        var party: PartyKey
        var payer: Int64
    }

    /// What outlives the attempts: of a party or a pair, until it is forgotten.
    struct Memory {
        var firstTime: Int64
        var currency: UInt16 = 0
        var isMixed = false
        var isHeld = false
        var lastAttempt = Int64.min
        /// Order of its first and last fraud label, of the last matured fraud, and when the latest fraud was made.
        var firstFraud: Int?
        var lastFraud = 0
        var lastFraudTime = Int64.min
        /// Position of the first attempt that counts.
        var firstPosition: Int
        /// Positions of the attempts whose money moved while they were remembered, as it moved.
        var learnt: [Int] = []
    }

    var attempts: [Attempt] = []
    var byTransfer: [TransferID: Int] = [:]
    var bySequence: [Sequence: Int] = [:]
    /// Positions by payer, in the order in which money moved.
    var posted: [Int64: [Int]] = [:]
    var parties: [PartyKey: Memory] = [:]
    var pairs: [PairKey: Memory] = [:]
    var payerFraud: [Int64: Memory] = [:]
    var amounts = OracleAmounts()
    var order = 0
    var matureNext = 0
    /// Of the last reserve: only then does anything grow old.
    var lastReserve = Int64.min

    let delay: Int64
    static let day: Int64 = 86_400_000_000
    static let spans: [Int64] = [60, 600, 3600, 86_400, 604_800, 2_592_000].map { $0 * 1_000_000 }
    static let labels = ["1min", "10min", "1h", "24h", "7d", "30d"]
    static let names = ["payee", "device", "instrument", "address", "cell"]

    init(delaySeconds: Int64) { delay = delaySeconds * 1_000_000 }

    var ringSpan: Int64 { delay + Self.spans[5] }

    // MARK: - Events

    mutating func settle(_ event: Event) {
        guard let position = byTransfer[event.transfer] else { return }
        let isPosted = posted[attempts[position].payer]?.contains(position) ?? false
        if event.kind != .voided, !isPosted { post(position, at: event.recordedAt.rawValue) }
        guard event.state.isFinal else { return }
        if event.kind == .voided, !isPosted { attempts[position].isVoided = true }
        byTransfer[event.transfer] = nil
    }

    private mutating func post(_ position: Int, at time: Int64) {
        let attempt = attempts[position]
        posted[attempt.payer, default: []].append(position)
        for kind in 0..<2 {
            guard let key = attempt.key(kind) else { continue }
            let party = PartyKey(kind: kind, key: key)
            let new = Memory(
                firstTime: time, currency: attempt.event.currency, isHeld: true,
                firstPosition: attempts.count)
            parties[party, default: new].isHeld = true
            pairs[PairKey(party: party, payer: attempt.payer), default: new].isHeld = true
        }
        if attempt.time > lastReserve - ringSpan {
            for kind in 2..<5 {
                guard let key = attempt.key(kind) else { continue }
                parties[PartyKey(kind: kind, key: key)]?.learnt.append(position)
            }
        }
        let payee = PartyKey(kind: 0, key: UInt64(attempt.payee))
        if parties[payee]?.currency != attempt.event.currency { parties[payee]?.isMixed = true }
        amounts.post(attempt, isPayeeMixed: parties[payee]?.isMixed ?? true)
    }

    mutating func label(_ label: TransferLabel, at time: Int64) {
        age(to: time - 1)
        guard let position = bySequence[label.reserve],
            attempts[position].time > lastReserve - ringSpan,
            attempts[position].isFraud != (label.verdict == .fraud)
        else { return }
        attempts[position].isFraud.toggle()
        guard label.verdict == .fraud else { return }
        order += 1
        let attempt = attempts[position]
        let order = order
        func note(_ known: inout Memory?) {
            guard var memory = known else { return }
            memory.firstFraud = memory.firstFraud ?? order
            memory.lastFraud = order
            memory.lastFraudTime = max(memory.lastFraudTime, attempt.time)
            known = memory
        }
        for kind in 0..<5 {
            if let key = attempt.key(kind) { note(&parties[PartyKey(kind: kind, key: key)]) }
        }
        if payerFraud[attempt.payer] == nil {
            payerFraud[attempt.payer] = Memory(firstTime: 0, firstPosition: 0)
        }
        note(&payerFraud[attempt.payer])
    }

    /// Lets time pass up to a reserve.
    private mutating func age(to now: Int64) {
        lastReserve = max(lastReserve, now)
        while matureNext < attempts.count, attempts[matureNext].time <= now - delay {
            order += 1
            attempts[matureNext].maturedOrder = order
            attempts[matureNext].wasFraudWhenMatured = attempts[matureNext].isFraud
            if attempts[matureNext].isFraud {
                for kind in 0..<5 {
                    if let key = attempts[matureNext].key(kind) {
                        parties[PartyKey(kind: kind, key: key)]?.lastFraud = order
                    }
                }
                payerFraud[attempts[matureNext].payer]?.lastFraud = order
            }
            matureNext += 1
        }
        parties = parties.filter { $0.value.isHeld || $0.value.lastAttempt > now - ringSpan }
        pairs = pairs.filter { $0.value.isHeld || $0.value.lastAttempt > now - ringSpan }
    }

    mutating func row(_ event: Event, leg: Leg, context: RiskContext) -> [String: Double] {
        let now = event.recordedAt.rawValue
        age(to: now)
        let attempt = Attempt(event: event, context: context)
        var values: [String: Double] = ["window.saturated": 0]
        remember(attempt, into: &values)
        eventValues(attempt, leg, into: &values)
        amountValues(attempt, into: &values)
        placeValues(attempt, into: &values)
        countryValues(attempt, into: &values)
        fraudValues(attempt, into: &values)
        let position = attempts.count
        attempts.append(attempt)
        attempts[position].isOutlier = amounts.isOutlier(attempt, values["amount.deviation"])
        byTransfer[event.transfer] = position
        bySequence[event.sequence] = position
        windowValues(position, into: &values)
        amounts.attempted(attempt)
        return values
    }

    /// Makes or finds the memories of all whom the attempt touches, and writes what they alone tell.
    private mutating func remember(_ attempt: Attempt, into values: inout [String: Double]) {
        let today = max(0, attempt.time / Self.day)
        for kind in 0..<5 {
            guard let key = attempt.key(kind) else { continue }
            let party = PartyKey(kind: kind, key: key)
            let pair = PairKey(party: party, payer: attempt.payer)
            let new = Memory(
                firstTime: attempt.time, currency: attempt.event.currency,
                firstPosition: attempts.count)
            if kind == 0 {
                let known = parties[party] ?? new
                values["payee.age"] = Double(attempt.time - known.firstTime) / Double(Self.day)
                values["payee.first"] = pairs[pair]?.isHeld == true ? 0 : 1
                let first = pairs[pair]?.firstTime ?? attempt.time
                values["pair.age"] = Double(today - first / Self.day)
            }
            if kind == 1 {
                values["device.new"] = pairs[pair]?.isHeld == true ? 0 : 1
                let first = pairs[pair]?.firstTime ?? attempt.time
                values["device.age"] = Double(today - first / Self.day)
            }
            if kind == 2 { values["instrument.new"] = pairs[pair] == nil ? 1 : 0 }
            if pairs[pair] == nil { newPairs.insert(PairAt(pair: pair, position: attempts.count)) }
            parties[party, default: new].lastAttempt = attempt.time
            if parties[party]?.currency != attempt.event.currency {
                parties[party]?.isMixed = true
            }
            pairs[pair, default: new].lastAttempt = attempt.time
        }
    }

    /// Attempts that were the first of their pair that is remembered.
    struct PairAt: Hashable {
        var pair: PairKey
        var position: Int
    }
    var newPairs: Set<PairAt> = []
}
