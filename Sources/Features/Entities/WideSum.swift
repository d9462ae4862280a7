/// A sum of up to 2³² amounts of less than 64 bits: 96 bits, in twelve bytes that need no more than four-byte alignment.
/// Written out in words, because the standard library's generic conversions of `Int128` cost half a microsecond.
struct WideSum: BitwiseCopyable {
    private var low: UInt32 = 0
    private var middle: UInt32 = 0
    private var high: UInt32 = 0

    /// The sum's low 64 bits.
    @inline(__always)
    private(set) var lowWord: UInt64 {
        get { UInt64(middle) << 32 | UInt64(low) }
        set {
            low = UInt32(truncatingIfNeeded: newValue)
            middle = UInt32(truncatingIfNeeded: newValue >> 32)
        }
    }

    /// The sum's high bits.
    @inline(__always)
    var highWord: UInt64 { UInt64(high) }

    @inline(__always)
    mutating func add(_ amount: UInt64) {
        let (sum, isCarried) = lowWord.addingReportingOverflow(amount)
        lowWord = sum
        if isCarried { high += 1 }
    }

    @inline(__always)
    mutating func subtract(_ amount: UInt64) {
        let (difference, isBorrowed) = lowWord.subtractingReportingOverflow(amount)
        lowWord = difference
        if isBorrowed { high -= 1 }
    }

    /// The nearest double, ties to even.
    @inline(__always)
    var double: Double { nearestDouble(high: highWord, low: lowWord) }
}

/// The double nearest to `high`·2⁶⁴ + `low`, ties to even.
@inline(__always)
func nearestDouble(high: UInt64, low: UInt64) -> Double {
    if high == 0 { return Double(low) }
    let shift = UInt64(64 - high.leadingZeroBitCount)
    var top = shift == 64 ? high : high << (64 - shift) | low >> shift
    // What is shifted out only matters by being there: it breaks ties.
    let lost = shift == 64 ? low : low & ((1 << shift) - 1)
    if lost != 0 { top |= 1 }
    return Double(top) * Double(sign: .plus, exponent: Int(shift), significand: 1)
}
