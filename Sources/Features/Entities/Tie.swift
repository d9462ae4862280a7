/// What a payer has had to do with a payee, a device, an instrument or an address.
struct Tie: BitwiseCopyable {
    /// Low bits of the number of the last attempt with both ends; meaningful if `isRecent`.
    var last: UInt32 = 0
    /// Day of the first attempt, counted from 1970.
    var firstDay: UInt16
    /// Two flags above a count.
    private var state: UInt16 = 0

    init(firstDay: UInt16) { self.firstDay = firstDay }

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
}

/// The tie of a payer with a party that had another payer before.
struct Relation: HashSlot {
    /// Party, with nothing else: a party's number already tells its kind.
    var party: UInt32
    var payer: UInt32
    var tie: Tie

    var hash: UInt32 { Self.hash(party: party, payer: payer) }

    @inline(__always)
    static func hash(party: UInt32, payer: UInt32) -> UInt32 {
        UInt32(truncatingIfNeeded: mixed(UInt64(party) << 32 | UInt64(payer)))
    }
}
