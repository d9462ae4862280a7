/// Whom or what a payment touches beside its payer: state of a payee, device, instrument, network address or place.
struct Party: BitwiseCopyable {
    /// Raw values are positions in arrays and bits of flags.
    enum Kind: Int, CaseIterable {
        case payee = 0
        case device = 1
        case instrument = 2
        case address = 3
        case place = 4
    }

    private var keyLow: UInt32
    private var keyHigh: UInt32
    /// Attempts in the last hour, day and month.
    var counts = InlineArray<3, UInt32>(repeating: 0)
    /// Different payers among those of the last day and month.
    var payers = InlineArray<2, UInt32>(repeating: 0)
    /// Attempts in the ring that name it.
    var references: UInt32 = 0
    /// Attempts that matured in the last 30 days.
    var matured: UInt32 = 0
    /// Number of its ``FraudHistory``; none if it never had a confirmed fraud.
    var fraud = Slab<FraudHistory>.none
    /// Of a payee, the number of its ``Payee``; of a device, low bits of the last attempt's number; of an instrument or
    /// an address, the cell of its latest posted payment with a place plus one, 0 before any.
    var extra: UInt32 = 0
    /// The kind in eight bits. Above them, of a payee or a device, its payers with a posted relation, that keep the party
    /// known when its windows are empty; of others, its ``UsualCountry``.
    private var stateAndKind: UInt32

    init(kind: Int, key: UInt64) {
        keyLow = UInt32(truncatingIfNeeded: key)
        keyHigh = UInt32(truncatingIfNeeded: key >> 32)
        stateAndKind = UInt32(kind)
    }

    /// Account, token or cell, depending on the kind.
    @inline(__always)
    var key: UInt64 { UInt64(keyHigh) << 32 | UInt64(keyLow) }
    @inline(__always)
    var kind: Int { Int(stateAndKind & 0xff) }

    var isHeld: Bool { kind < 2 && stateAndKind >> 8 != 0 }
    mutating func hold() { if stateAndKind >> 8 < 0xff_ffff { stateAndKind += 0x100 } }

    /// Of an instrument, an address or a place.
    @inline(__always)
    var country: UsualCountry { UsualCountry(bits: stateAndKind >> 8) }

    mutating func learn(country code: UInt16) {
        var country = country
        country.add(code)
        stateAndKind = country.bits << 8 | UInt32(kind)
    }

    @inline(__always)
    static func hash(kind: Int, key: UInt64) -> UInt32 {
        UInt32(truncatingIfNeeded: mixed(key &+ UInt64(kind) &* 0x9e37_79b9_7f4a_7c15))
    }
}

/// That a payer has to do with a payee, a device, an instrument or an address.
struct Relation: HashSlot {
    /// Party, with nothing else: a party's number already tells its kind.
    var party: UInt32
    var payer: UInt32
    /// Low bits of the number of the last attempt with both ends; meaningful if `isRecent`.
    var last: UInt32
    /// Day of the first attempt, counted from 1970.
    var firstDay: UInt16
    /// Two flags above a count.
    private var state: UInt16

    init(party: UInt32, payer: UInt32, firstDay: UInt16) {
        self.party = party
        self.payer = payer
        self.firstDay = firstDay
        last = 0
        state = 0
    }

    private static var recentBit: UInt16 { 1 << 15 }
    private static var postedBit: UInt16 { 1 << 14 }
    /// The largest count; once reached it stays until all attempts have left the ring.
    static var maximumCount: UInt16 { postedBit - 1 }

    /// The last attempt is still in the ring.
    var isRecent: Bool { state & Self.recentBit != 0 }
    /// Money moved at least once.
    var hasPosted: Bool {
        get { state & Self.postedBit != 0 }
        set { state = newValue ? state | Self.postedBit : state & ~Self.postedBit }
    }
    /// Attempts in the last 30 days.
    @inline(__always)
    var count: UInt16 { state & Self.maximumCount }

    /// An attempt, the ring's number `last` in its low bits.
    @inline(__always)
    mutating func enter(_ last: UInt32) {
        self.last = last
        if count < Self.maximumCount { state += 1 }
        state |= Self.recentBit
    }

    /// An attempt became 30 days old.
    @inline(__always)
    mutating func leave() { if count > 0, count < Self.maximumCount { state -= 1 } }

    /// The last attempt left the ring.
    mutating func forget() { state &= Self.postedBit }

    var hash: UInt32 { Self.hash(party: party, payer: payer) }

    @inline(__always)
    static func hash(party: UInt32, payer: UInt32) -> UInt32 {
        UInt32(truncatingIfNeeded: mixed(UInt64(party) << 32 | UInt64(payer)))
    }
}
