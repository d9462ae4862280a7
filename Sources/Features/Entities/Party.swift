/// Whom or what a payment touches beside its payer: state of a payee, device, instrument or network address.
struct Party: BitwiseCopyable {
    enum Kind: UInt8 {
        case payee = 0
        case device = 1
        case instrument = 2
        case address = 3
    }

    /// Windows kept: the last hour, day and month.
    static let windows: InlineArray<3, Window> = [.hour, .day, .month]
    /// Position of a window in ``windows``; -1 if it is not kept.
    static let slots: InlineArray<6, Int> = [-1, -1, 0, 1, -1, 2]

    /// Account or token, depending on the kind.
    var key: UInt64
    /// Attempts, and different payers among them.
    var counts = InlineArray<3, UInt32>(repeating: 0)
    var payers = InlineArray<3, UInt32>(repeating: 0)
    /// Posted relations that keep the party known when its windows are empty.
    var holds: UInt32 = 0
    var kind: UInt8

    init(kind: Int, key: UInt64) {
        self.kind = UInt8(kind)
        self.key = key
    }

    @inline(__always)
    static func hash(kind: Int, key: UInt64) -> UInt32 {
        UInt32(truncatingIfNeeded: mixed(key &+ UInt64(kind) &* 0x9e37_79b9_7f4a_7c15))
    }
}

/// That a payer has to do with a party.
struct Relation: HashSlot {
    /// Party, with nothing else: a party's number already tells its kind.
    var party: UInt32
    var payer: UInt32
    /// Low bits of the number of the last attempt with both ends; meaningful if `isRecent`.
    var last: UInt32
    /// Number of posted transfers, and whether the last attempt is still within 30 days.
    private var state: UInt32

    init(party: UInt32, payer: UInt32) {
        self.party = party
        self.payer = payer
        last = 0
        state = 0
    }

    static var recentBit: UInt32 { 1 << 31 }

    var isRecent: Bool {
        get { state & Self.recentBit != 0 }
        set { state = newValue ? state | Self.recentBit : state & ~Self.recentBit }
    }

    var hasPosted: Bool { state & ~Self.recentBit != 0 }

    mutating func countPosted() {
        if state & ~Self.recentBit < Self.recentBit - 1 { state += 1 }
    }

    var hash: UInt32 { Self.hash(party: party, payer: payer) }

    @inline(__always)
    static func hash(party: UInt32, payer: UInt32) -> UInt32 {
        UInt32(truncatingIfNeeded: mixed(UInt64(party) << 32 | UInt64(payer)))
    }
}
