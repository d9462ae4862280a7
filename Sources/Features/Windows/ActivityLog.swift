/// One attempt to pay, as long as any window contains it.
struct Activity: BitwiseCopyable {
    /// Microseconds since 1970.
    var time: Int64
    /// Minor units of the payer's currency.
    var amount: Int64
    var payer: UInt32
    /// Payee, device, instrument, address: numbers of parties, or none.
    var parties: InlineArray<4, UInt32>
    var flags: UInt32

    /// Flag of `Relation.Kind` k: a later attempt has the same two ends. The later one stands for the pair
    /// among the distinct ones, so that this one leaves its windows without being counted off.
    @inline(__always)
    static func isRepeated(_ kind: Int) -> UInt32 { 1 << UInt32(kind) }
    /// The amount was added to the payer's sums.
    static let isSummed: UInt32 = 1 << 8
}

/// All attempts of the last 30 days in one ring, in sequence order, with one cursor a window: the first attempt still in
/// it. What lies between a cursor and the end *is* the window, for every entity at once; so an
/// entity keeps counters only, however busy it is, and leaving a window costs the same whatever its length.
struct ActivityLog: ~Copyable {
    private var region: Region
    private let capacity: Int
    /// Number of the next attempt; numbers grow by one from 0 and are never used again.
    private(set) var end: Int64 = 0
    /// Per window, the number of the first attempt in it.
    private(set) var cursors = InlineArray<6, Int64>(repeating: 0)
    /// Time of the last attempt that had to leave before it was 30 days old, because the ring was full.
    private(set) var cutTime = Int64.min
    private var discarded: Int64 = 0

    /// Memory of attempts that all windows have left is given back in steps of this many bytes.
    private static var discardBytes: Int { 1 << 20 }

    /// Room for `capacity` attempts, rounded up to a power of two.
    init(capacity: Int) {
        precondition(capacity > 0 && capacity <= 1 << 30)
        var rounded = 1
        while rounded < capacity { rounded *= 2 }
        self.capacity = rounded
        region = Region(capacity: rounded * MemoryLayout<Activity>.stride)
    }

    var isFull: Bool { end - cursors[Window.month.rawValue] == Int64(capacity) }

    @inline(__always)
    subscript(_ number: Int64) -> Activity { pointer(number).pointee }

    @inline(__always)
    func time(_ number: Int64) -> Int64 { pointer(number).pointee.time }

    @inline(__always)
    mutating func append(_ activity: Activity) -> Int64 {
        precondition(!isFull)
        touch(end)
        pointer(end).pointee = activity
        end += 1
        return end - 1
    }

    @inline(__always)
    mutating func mark(_ number: Int64, _ flag: UInt32) {
        touch(number)
        pointer(number).pointee.flags |= flag
    }

    @inline(__always)
    mutating func advance(_ window: Int) { cursors[window] += 1 }

    /// The oldest attempt leaves early, to make room.
    mutating func noteCut(_ time: Int64) { cutTime = max(cutTime, time) }

    /// The full number of an attempt that is known by its low 32 bits, if it is still in the longest window.
    @inline(__always)
    func number(_ low: UInt32) -> Int64? {
        let back = Int64(UInt32(truncatingIfNeeded: end) &- low)
        let number = end - back
        return back > 0 && number >= cursors[Window.month.rawValue] ? number : nil
    }

    /// Gives back the memory of what has left the longest window, now and then.
    mutating func discardPassed() {
        let stride = MemoryLayout<Activity>.stride
        let step = Int64(Self.discardBytes / stride)
        let tail = cursors[Window.month.rawValue]
        guard tail - discarded >= 2 * step else { return }
        let from = Int(discarded & Int64(capacity - 1)) * stride
        let to = Int((tail - 1) & Int64(capacity - 1)) * stride
        // Slots that the ring's end has overtaken hold newer attempts.
        let isReused = end - discarded > Int64(capacity)
        discarded = tail
        guard from < to, !isReused else { return }
        let first = (from + Region.pageBytes - 1) / Region.pageBytes * Region.pageBytes
        let last = to / Region.pageBytes * Region.pageBytes
        if first < last { region.discard(first..<last) }
    }

    @inline(__always)
    private func pointer(_ number: Int64) -> UnsafeMutablePointer<Activity> {
        let slot = Int(number & Int64(capacity - 1))
        return (region.base + slot * MemoryLayout<Activity>.stride)
            .assumingMemoryBound(to: Activity.self)
    }

    @inline(__always)
    private mutating func touch(_ number: Int64) {
        let stride = MemoryLayout<Activity>.stride
        region.touch(Int(number & Int64(capacity - 1)) * stride, stride)
    }
}

extension ActivityLog {
    var liveRanges: [Range<Int>] {
        let stride = MemoryLayout<Activity>.stride
        let tail = cursors[Window.month.rawValue]
        guard end > tail else { return [] }
        let (from, to) = (Int(tail & Int64(capacity - 1)), Int((end - 1) & Int64(capacity - 1)) + 1)
        if from < to { return [from * stride..<to * stride] }
        return [0..<to * stride, from * stride..<capacity * stride]
    }

    var words: [UInt64] {
        [UInt64(capacity), UInt64(bitPattern: end), UInt64(bitPattern: cutTime)]
            + cursors.indices.map { UInt64(bitPattern: cursors[$0]) }
    }

    mutating func restore(_ words: inout WordReader) -> Bool {
        guard words.next() == UInt64(capacity), let end = words.next(), let cut = words.next()
        else { return false }
        self.end = Int64(bitPattern: end)
        cutTime = Int64(bitPattern: cut)
        for index in cursors.indices {
            guard let word = words.next() else { return false }
            cursors[index] = Int64(bitPattern: word)
            guard cursors[index] >= 0, cursors[index] <= self.end else { return false }
        }
        discarded = cursors[Window.month.rawValue]
        return self.end - discarded <= Int64(capacity)
    }

    /// Lends the memory to a snapshot.
    mutating func withRegion<Result>(_ body: (inout Region) -> Result) -> Result { body(&region) }
}
