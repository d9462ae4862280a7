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
    /// Attempts in the last hour.
    var countHour: UInt32 = 0
    /// Attempts in the last day; of an address, different payers in it.
    var day: UInt32 = 0
    /// Different payers in the last month.
    var payersMonth: UInt32 = 0
    /// Attempts in the ring that name it.
    var references: UInt32 = 0
    /// Attempts that matured in the last 30 days.
    var matured: UInt32 = 0
    /// Of a payee, the number of its ``Payee``; of a device, low bits of the last attempt's number; of an instrument or
    /// an address, the cell of its latest posted payment with a place plus one, 0 before any.
    var extra: UInt32 = 0
    /// The first of its payers, or none, and its tie with that one. Most parties have no other.
    var payer = Slab<Payer>.none
    var tie = Tie(firstDay: 0)
    /// The kind in seven bits, then whether it has a ``FraudHistory``. Above them, of a payee or a device, its payers with
    /// a posted relation, that keep the party known when its windows are empty; of others, its ``UsualCountry``.
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
    var kind: Int { Int(stateAndKind & 0x7f) }

    /// It had a confirmed fraud.
    @inline(__always)
    var hasFraud: Bool { stateAndKind & 0x80 != 0 }
    mutating func noteFraud() { stateAndKind |= 0x80 }

    var isHeld: Bool { kind < 2 && stateAndKind >> 8 != 0 }
    mutating func hold() { if stateAndKind >> 8 < 0xff_ffff { stateAndKind += 0x100 } }

    /// Of an instrument, an address or a place.
    @inline(__always)
    var country: UsualCountry { UsualCountry(bits: stateAndKind >> 8) }

    mutating func learn(country code: UInt16) {
        var country = country
        country.add(code)
        stateAndKind = country.bits << 8 | stateAndKind & 0xff
    }

    @inline(__always)
    static func hash(kind: Int, key: UInt64) -> UInt32 {
        UInt32(truncatingIfNeeded: mixed(key &+ UInt64(kind) &* 0x9e37_79b9_7f4a_7c15))
    }
}
