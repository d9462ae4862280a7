import EventLog
import Features
import SplitMix

/// A random but lawful history: transfers are reserved, some wait, some move money, some do not, some are labelled later.
struct RandomHistory {
    struct Step {
        var event: Event
        var leg: Leg
        var context: RiskContext
        var label: TransferLabel?
    }

    var random: SplitMix64
    private var now: Int64 = 1_700_000_000_000_000
    private var sequence: Int64 = 0
    private var open: [Step] = []
    /// Reserves of payments, that labels may speak of.
    private var reserved: [Event] = []
    /// Two-currency payers are rare, as the ledger forbids them.
    var mixesCurrencies = false

    init(seed: UInt64) { random = SplitMix64(seed: seed) }

    mutating func next() -> Step {
        advanceClock()
        sequence += 1
        if !reserved.isEmpty, random.chance(6) { return label() }
        if !open.isEmpty, random.chance(48) { return settle() }
        let payer = Int64(1 + random.below(25))
        let kind: TransferKind =
            random.chance(3) ? .refund : random.chance(25) ? .authorization : .payment
        let event = Event(
            sequence: Sequence(sequence), recordedAt: Timestamp(now), kind: .reserved,
            transferKind: kind, state: .reserved,
            transfer: TransferID(high: UInt64(sequence), low: random.next()),
            payer: AccountID(payer), payee: payee(), amount: amount(),
            currency: mixesCurrencies && random.chance(1) ? 978 : 840)
        let leg = Leg(
            from: event.payer, to: event.payee, amount: event.amount,
            fromPosted: Int64(random.below(50_000)), fromReserved: Int64(random.below(30_000)))
        let step = Step(event: event, leg: leg, context: context(of: payer))
        open.append(step)
        if kind != .refund { reserved.append(event) }
        return step
    }

    /// Some payees are payers themselves.
    private mutating func payee() -> AccountID {
        AccountID(Int64(random.chance(20) ? 1 + random.below(6) : 100 + random.below(12)))
    }

    private mutating func amount() -> Int64 {
        switch random.below(100) {
        case 0..<15: Int64(100 * (1 + random.below(4)))
        case 15..<90: Int64(1 + random.below(20_000))
        case 90..<98: Int64(1 + random.below(5_000_000))
        default: Int64(1 + random.below(90)) << 32
        }
    }

    private mutating func context(of payer: Int64) -> RiskContext {
        func token(_ percent: Int, _ count: Int) -> Token {
            random.chance(percent) ? Token(UInt64(1 + random.below(count))) : .none
        }
        let usual = random.chance(60)
        // Ten cells a payer, so that none is forgotten; some cells are several payers'.
        let spot = Int32(random.below(random.chance(70) ? 3 : 10))
        let around = Int32(payer % 5) * 7_000_000
        return RiskContext(
            device: usual ? Token(UInt64(1000 + payer)) : token(70, 30),
            instrument: token(80, 40), address: token(80, 15),
            latitude: 40_005_000 + around + spot * spot * 40_000 + Int32(random.below(4_000)),
            longitude: -3_000_000 - around + spot * spot * 70_000 + Int32(random.below(4_000)),
            hasPlace: random.chance(75),
            merchantCategory: [0, 5411, 5411, 5812, 7995][random.below(5)],
            country: random.chance(20)
                ? .none
                : CountryCode(["DE", "DE", "FR", "US"][random.below(random.chance(70) ? 2 : 4)])
                    ?? .none)
    }

    /// Ties, seconds, hours, and now and then a pause of weeks.
    private mutating func advanceClock() {
        switch random.below(100) {
        case 0..<30: break
        case 30..<60: now += Int64(random.below(20_000_000))
        case 60..<80: now += 60_000_000 * Int64(random.below(12))
        case 80..<97: now += Int64(random.below(3_600_000_000))
        case 97..<99: now += Int64(random.below(86_400_000_000))
        default: if random.chance(15) { now += Int64(random.below(3_000_000)) * 1_000_000 }
        }
    }

    private mutating func settle() -> Step {
        let index = random.below(open.count)
        var step = open[index]
        step.event.sequence = Sequence(sequence)
        step.event.recordedAt = Timestamp(now)
        switch random.below(10) {
        case 0..<5: (step.event.kind, step.event.state) = (.posted, .posted)
        case 5: (step.event.kind, step.event.state) = (.captured, .authorized)
        case 6: (step.event.kind, step.event.state) = (.held, .held)
        default: (step.event.kind, step.event.state) = (.voided, .voided)
        }
        if step.event.state.isFinal { open.remove(at: index) }
        return step
    }

    /// A verdict about a reserve of any age, mostly fraud, at times taken back.
    private mutating func label() -> Step {
        let recent = max(0, reserved.count - 60)
        let index =
            random.chance(70)
            ? recent + random.below(reserved.count - recent) : random.below(reserved.count)
        var event = reserved[index]
        let reserve = event.sequence
        event.kind = .labelled
        event.sequence = Sequence(sequence)
        event.recordedAt = Timestamp(now)
        let leg = Leg(from: event.payer, to: event.payee, amount: event.amount)
        return Step(
            event: event, leg: leg, context: .empty,
            label: TransferLabel(random.chance(80) ? .fraud : .cleared, of: reserve))
    }
}
