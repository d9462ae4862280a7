/// All attempts of the last 30 days and the label delay in one ring, in sequence order, with one cursor an ``Edge``: the
/// first attempt that is not yet so old. What lies between a cursor and the end *is* the window, for every entity at
/// once; so an entity keeps counters only, however busy it is, and leaving a window costs the same whatever its length.
struct ActivityLog: ~Copyable {
    private var region: Region
    private var wide: HashTable<WideAmount>
    private let capacity: Int
    /// Ages by edge, in microseconds.
    let ages: InlineArray<11, Int64>
    /// Number of the next attempt; numbers grow by one from 0 and are never used again.
    private(set) var end: Int64 = 0
    /// Per edge, the number of the first attempt that is younger.
    private(set) var cursors = InlineArray<11, Int64>(repeating: 0)
    /// Time of the last attempt that had to leave before it was old enough, because the ring was full.
    private(set) var cutTime = Int64.min
    private var discarded: Int64 = 0

    /// Memory of attempts that all windows have left is given back in steps of this many bytes.
    private static var discardBytes: Int { 1 << 20 }

    /// Room for `capacity` attempts, rounded up to a power of two.
    init(capacity: Int, delayMicros: Int64) {
        precondition(capacity > 0 && capacity <= 1 << 30)
        var rounded = 1
        while rounded < capacity { rounded *= 2 }
        self.capacity = rounded
        region = Region(capacity: rounded * MemoryLayout<Activity>.stride)
        // Chains of buckets need some room of their own.
        wide = HashTable(capacity: 2 * rounded)
        var ages = InlineArray<11, Int64>(repeating: 0)
        for edge in Edge.allCases { ages[edge.rawValue] = edge.age(delayMicros: delayMicros) }
        self.ages = ages
    }

    /// Number of the oldest attempt that is kept.
    @inline(__always)
    var tail: Int64 { cursors[Edge.maturedMonth.rawValue] }

    var isFull: Bool { end - tail == Int64(capacity) }

    @inline(__always)
    subscript(_ number: Int64) -> Activity { pointer(number).pointee }

    @inline(__always)
    func time(_ number: Int64) -> Int64 { pointer(number).pointee.time }

    /// The attempt's amount in minor units.
    @inline(__always)
    func amount(_ number: Int64, _ activity: Activity) -> UInt64 {
        if !activity.has(Activity.isWide) { return UInt64(activity.amount) }
        let low = UInt32(truncatingIfNeeded: number)
        guard let position = wide.find(WideAmount.hash(low), { $0.number == low }) else { return 0 }
        return wide[position].amount
    }

    /// Adds an attempt of `amount` minor units. Returns its number.
    @inline(__always)
    mutating func append(_ activity: Activity, amount: UInt64) -> Int64 {
        precondition(!isFull)
        touch(end)
        var activity = activity
        if amount <= UInt64(UInt32.max) {
            activity.amount = UInt32(amount)
        } else {
            activity.flags |= Activity.isWide
            let low = UInt32(truncatingIfNeeded: end)
            // There is room for as many as there are attempts.
            _ = wide.insert(WideAmount(number: low, amount: amount))
        }
        pointer(end).pointee = activity
        end += 1
        return end - 1
    }

    @inline(__always)
    mutating func mark(_ number: Int64, _ flag: UInt16) {
        touch(number)
        pointer(number).pointee.flags |= flag
    }

    mutating func unmark(_ number: Int64, _ flag: UInt16) {
        touch(number)
        pointer(number).pointee.flags &= ~flag
    }

    @inline(__always)
    mutating func advance(_ edge: Int) { cursors[edge] += 1 }

    /// Forgets what is kept beside an attempt that is about to leave the ring.
    mutating func forget(_ number: Int64, _ activity: Activity) {
        guard activity.has(Activity.isWide) else { return }
        let low = UInt32(truncatingIfNeeded: number)
        if let position = wide.find(WideAmount.hash(low), { $0.number == low }) {
            wide.remove(position)
        }
    }

    /// The oldest attempt leaves early, to make room.
    mutating func noteCut(_ time: Int64) { cutTime = max(cutTime, time) }

    /// The full number of an attempt that is known by its low 32 bits, if it is still kept.
    @inline(__always)
    func number(_ low: UInt32) -> Int64? {
        let back = Int64(UInt32(truncatingIfNeeded: end) &- low)
        let number = end - back
        return back > 0 && number >= tail ? number : nil
    }

    /// Asks for an attempt, known by its low bits, ahead of its use.
    @inline(__always)
    func prefetch(_ low: UInt32) {
        Prefetch.lines(pointer(Int64(low)), MemoryLayout<Activity>.stride)
    }

    /// The attempt whose reserve event has this sequence, by bisection: attempts stand in the order of their sequences.
    func find(sequence: Int64) -> Int64? {
        guard end > tail else { return nil }
        let wanted = UInt32(truncatingIfNeeded: sequence)
        let first = pointer(tail).pointee.sequence
        let distance = wanted &- first
        var (low, high) = (tail, end)
        while low < high {
            let middle = low + (high - low) / 2
            if pointer(middle).pointee.sequence &- first < distance {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low < end && pointer(low).pointee.sequence == wanted ? low : nil
    }

    /// Gives back the memory of what all windows have left, now and then.
    mutating func discardPassed() {
        let stride = MemoryLayout<Activity>.stride
        let step = Int64(Self.discardBytes / stride)
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
    static var regionCount: Int { 3 }

    /// The bytes in use of region `index`.
    func liveRanges(_ index: Int) -> [Range<Int>] {
        switch index {
        case 0: liveRanges
        case 1: wide.bucketRanges
        default: wide.overflowRanges
        }
    }

    private var liveRanges: [Range<Int>] {
        let stride = MemoryLayout<Activity>.stride
        guard end > tail else { return [] }
        let (from, to) = (Int(tail & Int64(capacity - 1)), Int((end - 1) & Int64(capacity - 1)) + 1)
        if from < to { return [from * stride..<to * stride] }
        return [0..<to * stride, from * stride..<capacity * stride]
    }

    var words: [UInt64] {
        [UInt64(capacity), UInt64(bitPattern: end), UInt64(bitPattern: cutTime)]
            + ages.indices.map { UInt64(bitPattern: ages[$0]) }
            + cursors.indices.map { UInt64(bitPattern: cursors[$0]) } + wide.words
    }

    mutating func restore(_ words: inout WordReader) -> Bool {
        guard words.next() == UInt64(capacity), let end = words.next(), let cut = words.next()
        else { return false }
        self.end = Int64(bitPattern: end)
        cutTime = Int64(bitPattern: cut)
        for index in ages.indices {
            guard words.next() == UInt64(bitPattern: ages[index]) else { return false }
        }
        for index in cursors.indices {
            guard let word = words.next() else { return false }
            cursors[index] = Int64(bitPattern: word)
            guard cursors[index] >= 0, cursors[index] <= self.end else { return false }
        }
        discarded = tail
        return self.end - discarded <= Int64(capacity) && wide.restore(&words)
    }

    /// Lends the memory to a snapshot.
    mutating func withRegion<Result>(_ index: Int, _ body: (inout Region) -> Result) -> Result {
        switch index {
        case 0: body(&region)
        case 1: body(&wide.buckets)
        default: body(&wide.overflow)
        }
    }
}
