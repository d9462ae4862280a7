/// One attempt to pay, as long as any window contains it: 24 bytes. Its time and its sequence are differences to its
/// ``ActivityBlock``.
struct Activity: BitwiseCopyable {
    /// Microseconds; meaningless if `isFar`: then the log keeps it apart.
    var timeOffset: UInt32 = 0
    /// Minor units of the payer's currency; meaningless if `isWide`: then the log keeps it apart.
    var amount: UInt32 = 0
    /// Number of the ``Means`` that tell payer, device, instrument and address.
    var means: UInt32
    /// Numbers of parties, or none.
    var payee: UInt32
    var place: UInt32
    /// Of the reserve event; meaningless if `isFar`.
    var sequenceOffset: UInt16 = 0
    var flags: UInt16

    /// Flag of `Party.Kind` k: a later attempt has the same two ends. The later one stands for the pair
    /// among the distinct ones, so that this one leaves its windows without being counted off.
    @inline(__always)
    static func isRepeated(_ kind: Int) -> UInt16 { 1 << UInt16(kind) }
    /// The amount was added to the payer's sums.
    static var isSummed: UInt16 { 1 << 5 }
    /// The amount has more than 32 bits.
    static var isWide: UInt16 { 1 << 6 }
    /// No money moved in the end.
    static var isVoided: UInt16 { 1 << 7 }
    /// Confirmed fraud.
    static var isFraud: UInt16 { 1 << 8 }
    /// The amount was an outlier among the payer's own.
    static var isOutlier: UInt16 { 1 << 9 }
    /// The payer's first attempt to pay the payee.
    static var isFirstOfPair: UInt16 { 1 << 10 }

    /// Time or sequence are too far from those of its block.
    static var isFar: UInt16 { 1 << 11 }

    @inline(__always)
    func has(_ flag: UInt16) -> Bool { flags & flag != 0 }
}

/// What 128 attempts have in common: they are made soon after one another.
struct ActivityBlock: BitwiseCopyable {
    /// Attempts of a block, as a shift.
    static var shift: Int64 { 7 }

    /// Of its first attempt: microseconds since 1970, and the low bits of the reserve event's sequence.
    var time: Int64
    var sequence: UInt32
    private var unused: UInt32 = 0

    init(time: Int64, sequence: UInt32) {
        self.time = time
        self.sequence = sequence
    }
}

/// Time and sequence of an attempt that is far from the first of its block, by the low bits of its number.
struct FarActivity: HashSlot {
    var number: UInt32
    var sequence: UInt32
    private var low: UInt32
    private var high: UInt32

    init(number: UInt32, time: Int64, sequence: UInt32) {
        self.number = number
        self.sequence = sequence
        low = UInt32(truncatingIfNeeded: time)
        high = UInt32(truncatingIfNeeded: time >> 32)
    }

    var time: Int64 { Int64(bitPattern: UInt64(high) << 32 | UInt64(low)) }
    var hash: UInt32 { WideAmount.hash(number) }
}

/// An amount of more than 32 bits, by the low bits of its attempt's number.
struct WideAmount: HashSlot {
    var number: UInt32
    private var low: UInt32
    private var high: UInt32
    private var unused: UInt32 = 0

    init(number: UInt32, amount: UInt64) {
        self.number = number
        low = UInt32(truncatingIfNeeded: amount)
        high = UInt32(truncatingIfNeeded: amount >> 32)
    }

    var amount: UInt64 { UInt64(high) << 32 | UInt64(low) }
    var hash: UInt32 { Self.hash(number) }
    static func hash(_ number: UInt32) -> UInt32 {
        UInt32(truncatingIfNeeded: mixed(UInt64(number)))
    }
}
