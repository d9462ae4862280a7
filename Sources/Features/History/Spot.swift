/// A cell where a payer was: twelve bytes.
struct Spot: BitwiseCopyable {
    var cell: UInt32
    /// Low bits of the number of the payer's last attempt there.
    var last: UInt32
    /// Hour of the first posted payment there, counted from 1970, in 20 bits; then the number of posted ones.
    private var state: UInt32 = 0

    init(cell: UInt32, last: UInt32) {
        self.cell = cell
        self.last = last
    }

    /// Posted payments made there, at most 4,095.
    @inline(__always)
    var visits: UInt32 { state & 0xfff }

    /// Hour of the first of them; meaningful if there is any.
    @inline(__always)
    var firstHour: UInt32 { state >> 12 }

    mutating func visit(hour: UInt32) {
        if visits == 0 {
            state = hour << 12 | 1
        } else if visits < 0xfff {
            state += 1
        }
    }
}

/// Room for eight places of a payer.
struct SpotChunk: BitwiseCopyable {
    var spots = InlineArray<8, Spot>(repeating: Spot(cell: 0, last: 0))
}

/// Where a payer's latest posted payment was made.
struct LastPlace: BitwiseCopyable {
    /// When the transfer made at `last` was reserved, microseconds; `.min` before the first.
    private(set) var lastTime = Int64.min
    private(set) var last = UnitVector()

    var isEmpty: Bool { lastTime == .min }

    /// Adds a posted transfer; the latest reserved is the last place, of equally late ones that posted last.
    mutating func add(_ place: UnitVector, time: Int64) {
        if time >= lastTime { (last, lastTime) = (place, time) }
    }
}
