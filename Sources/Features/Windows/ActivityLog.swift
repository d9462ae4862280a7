/// All attempts of the last 30 days and the label delay in one ring, in sequence order, with one cursor an ``Edge``: the
/// first attempt that is not yet so old. What lies between a cursor and the end *is* the window, for every entity at
/// once; so an entity keeps counters only, however busy it is, and leaving a window costs the same whatever its length.
struct ActivityLog: ~Copyable {
    private var region: Region
    private var blocks: Region
    /// Merchant categories, kept for a day only.
    private var categories: Region
    private var wide: HashTable<WideAmount>
    private var far: HashTable<FarActivity>
    private let capacity: Int
    private let blockCount: Int
    /// Ages by edge, in microseconds.
    let ages: InlineArray<11, Int64>
    /// Number of the next attempt; numbers grow by one from 0 and are never used again.
    private(set) var end: Int64 = 0
    /// Per edge, the number of the first attempt that is younger.
    private(set) var cursors = InlineArray<11, Int64>(repeating: 0)
    /// Per edge, the time of that attempt; `.max` if there is none.
    private(set) var dueTimes = InlineArray<11, Int64>(repeating: .max)
    /// Time of the last attempt that had to leave before it was old enough, because the ring was full.
    private(set) var cutTime = Int64.min
    private var discarded: Int64 = 0
    private var discardedCategories: Int64 = 0

    /// Memory of what all windows have left is given back in steps of so many bytes.
    private static var discardBytes: Int { 1 << 20 }
    private static var discardCategoryBytes: Int { 1 << 16 }
    private static var categoryBytes: Int { MemoryLayout<UInt16>.stride }

    /// Room for `capacity` attempts, rounded up to a power of two.
    init(capacity: Int, delayMicros: Int64) {
        precondition(capacity > 0 && capacity <= 1 << 30)
        var rounded = 1
        while rounded < capacity { rounded *= 2 }
        self.capacity = rounded
        region = Region(capacity: rounded * MemoryLayout<Activity>.stride)
        // The attempts of a full ring begin and end within a block.
        blockCount = max(2, rounded >> (ActivityBlock.shift - 1))
        blocks = Region(capacity: blockCount * MemoryLayout<ActivityBlock>.stride)
        categories = Region(capacity: rounded * Self.categoryBytes)
        // Chains of buckets need some room of their own.
        wide = HashTable(capacity: 2 * rounded)
        far = HashTable(capacity: 2 * rounded)
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

    /// When the attempt was made: microseconds since 1970. `mutating` as the state's methods are: for speed alone.
    @inline(__always)
    mutating func time(_ number: Int64) -> Int64 {
        let activity = pointer(number)
        if activity.pointee.has(Activity.isFar) { return farActivity(number)?.time ?? 0 }
        return block(number).pointee.time + Int64(activity.pointee.timeOffset)
    }

    /// Low bits of the sequence of the attempt's reserve event.
    @inline(__always)
    private mutating func sequence(_ number: Int64) -> UInt32 {
        let activity = pointer(number)
        if activity.pointee.has(Activity.isFar) { return farActivity(number)?.sequence ?? 0 }
        return block(number).pointee.sequence &+ UInt32(activity.pointee.sequenceOffset)
    }

    @inline(never)
    private mutating func farActivity(_ number: Int64) -> FarActivity? {
        let low = UInt32(truncatingIfNeeded: number)
        return far.find(WideAmount.hash(low)) { $0.number == low }.map { far[$0] }
    }

    /// The merchant category of an attempt that has not left the day; 0 if none.
    @inline(__always)
    func category(_ number: Int64) -> UInt16 { categoryPointer(number).pointee }

    /// The attempt's amount in minor units.
    @inline(__always)
    func amount(_ number: Int64, _ activity: Activity) -> UInt64 {
        if !activity.has(Activity.isWide) { return UInt64(activity.amount) }
        let low = UInt32(truncatingIfNeeded: number)
        guard let position = wide.find(WideAmount.hash(low), { $0.number == low }) else { return 0 }
        return wide[position].amount
    }

    /// Adds an attempt of `amount` minor units, made at `time`, no earlier than the last. Returns its number.
    ///
    /// - Parameter sequence: low bits of the reserve event's.
    @inline(__always)
    mutating func append(
        _ activity: Activity, time: Int64, sequence: UInt32, amount: UInt64, category: UInt16
    ) -> Int64 {
        precondition(!isFull)
        touch(end)
        var activity = activity
        let low = UInt32(truncatingIfNeeded: end)
        // There is room for as many wide and far ones as there are attempts.
        if amount <= UInt64(UInt32.max) {
            activity.amount = UInt32(amount)
        } else {
            activity.flags |= Activity.isWide
            _ = wide.insert(WideAmount(number: low, amount: amount))
        }
        if !place(&activity, time: time, sequence: sequence) {
            activity.flags |= Activity.isFar
            _ = far.insert(FarActivity(number: low, time: time, sequence: sequence))
        }
        pointer(end).pointee = activity
        let offset = Int(end & Int64(capacity - 1)) * Self.categoryBytes
        categories.touch(offset, Self.categoryBytes)
        categoryPointer(end).pointee = category
        for edge in 0..<Edge.count where cursors[edge] == end { dueTimes[edge] = time }
        end += 1
        return end - 1
    }

    /// Writes the next attempt's time and sequence as differences to its block, which it begins if it is the first. False
    /// if they are too large.
    @inline(__always)
    private mutating func place(_ activity: inout Activity, time: Int64, sequence: UInt32) -> Bool {
        let block = block(end)
        if end & (1 << ActivityBlock.shift - 1) == 0 {
            let stride = MemoryLayout<ActivityBlock>.stride
            blocks.touch(UnsafeMutableRawPointer(block) - blocks.base, stride)
            block.pointee = ActivityBlock(time: time, sequence: sequence)
            return true
        }
        let micros = time - block.pointee.time
        let events = sequence &- block.pointee.sequence
        guard micros >= 0, micros <= Int64(UInt32.max), events <= UInt32(UInt16.max) else {
            return false
        }
        activity.timeOffset = UInt32(micros)
        activity.sequenceOffset = UInt16(events)
        return true
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
    mutating func advance(_ edge: Int) {
        let next = cursors[edge] + 1
        cursors[edge] = next
        dueTimes[edge] = next < end ? time(next) : .max
    }

    /// Forgets what is kept beside an attempt that has left all windows.
    mutating func forget(_ number: Int64, _ activity: Activity) {
        guard activity.has(Activity.isWide | Activity.isFar) else { return }
        let low = UInt32(truncatingIfNeeded: number)
        if let position = wide.find(WideAmount.hash(low), { $0.number == low }) {
            wide.remove(position)
        }
        if let position = far.find(WideAmount.hash(low), { $0.number == low }) {
            far.remove(position)
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
    mutating func find(sequence: Int64) -> Int64? {
        guard end > tail else { return nil }
        let wanted = UInt32(truncatingIfNeeded: sequence)
        let first = self.sequence(tail)
        let distance = wanted &- first
        var (low, high) = (tail, end)
        while low < high {
            let middle = low + (high - low) / 2
            if self.sequence(middle) &- first < distance {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low < end && self.sequence(low) == wanted ? low : nil
    }

    /// Gives back the memory of what all windows have left, now and then.
    @inline(__always)
    mutating func discardPassed() {
        let stride = MemoryLayout<Activity>.stride
        if tail - discarded >= Int64(2 * Self.discardBytes / stride) {
            if let bytes = pages(of: discarded..<tail, stride: stride) { region.discard(bytes) }
            discarded = tail
        }
        let day = cursors[Edge.day.rawValue]
        if day - discardedCategories >= Int64(2 * Self.discardCategoryBytes / Self.categoryBytes) {
            let bytes = pages(of: discardedCategories..<day, stride: Self.categoryBytes)
            if let bytes { categories.discard(bytes) }
            discardedCategories = day
        }
    }

    /// The whole pages that hold nothing but what was kept of these attempts; nil if there are none.
    @inline(never)
    private func pages(of numbers: Range<Int64>, stride: Int) -> Range<Int>? {
        let from = Int(numbers.lowerBound & Int64(capacity - 1)) * stride
        let to = Int((numbers.upperBound - 1) & Int64(capacity - 1)) * stride
        // Slots that the ring's end has overtaken hold newer attempts.
        guard from < to, end - numbers.lowerBound <= Int64(capacity) else { return nil }
        let first = (from + Region.pageBytes - 1) / Region.pageBytes * Region.pageBytes
        let last = to / Region.pageBytes * Region.pageBytes
        return first < last ? first..<last : nil
    }

    @inline(__always)
    private func block(_ number: Int64) -> UnsafeMutablePointer<ActivityBlock> {
        let index = Int(number >> ActivityBlock.shift) & (blockCount - 1)
        return (blocks.base + index * MemoryLayout<ActivityBlock>.stride)
            .assumingMemoryBound(to: ActivityBlock.self)
    }

    @inline(__always)
    private func categoryPointer(_ number: Int64) -> UnsafeMutablePointer<UInt16> {
        let offset = Int(number & Int64(capacity - 1)) * Self.categoryBytes
        return (categories.base + offset).assumingMemoryBound(to: UInt16.self)
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

// MARK: - Snapshots

extension ActivityLog {
    static var regionCount: Int { 7 }

    /// The bytes in use of region `index`.
    func liveRanges(_ index: Int) -> [Range<Int>] {
        switch index {
        case 0: return Self.ranges(tail..<end, of: capacity, MemoryLayout<Activity>.stride)
        case 1:
            guard end > tail else { return [] }
            let shift = ActivityBlock.shift
            return Self.ranges(
                tail >> shift..<(end - 1) >> shift + 1, of: blockCount,
                MemoryLayout<ActivityBlock>.stride)
        case 2:
            let day = cursors[Edge.day.rawValue]
            return Self.ranges(day..<end, of: capacity, Self.categoryBytes)
        case 3: return wide.bucketRanges
        case 4: return wide.overflowRanges
        case 5: return far.bucketRanges
        default: return far.overflowRanges
        }
    }

    /// Where some numbers' records lie in a ring of `count`.
    private static func ranges(
        _ numbers: Range<Int64>, of count: Int, _ stride: Int
    ) -> [Range<Int>] {
        guard !numbers.isEmpty else { return [] }
        let mask = Int64(count - 1)
        let (from, to) = (Int(numbers.lowerBound & mask), Int((numbers.upperBound - 1) & mask) + 1)
        if from < to { return [from * stride..<to * stride] }
        return [0..<to * stride, from * stride..<count * stride]
    }

    var words: [UInt64] {
        [UInt64(capacity), UInt64(bitPattern: end), UInt64(bitPattern: cutTime)]
            + ages.indices.map { UInt64(bitPattern: ages[$0]) }
            + cursors.indices.map { UInt64(bitPattern: cursors[$0]) }
            + dueTimes.indices.map { UInt64(bitPattern: dueTimes[$0]) } + wide.words + far.words
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
        for index in dueTimes.indices {
            guard let word = words.next() else { return false }
            dueTimes[index] = Int64(bitPattern: word)
        }
        discarded = tail
        discardedCategories = cursors[Edge.day.rawValue]
        return self.end - discarded <= Int64(capacity) && wide.restore(&words)
            && far.restore(&words)
    }

    /// Lends the memory to a snapshot.
    mutating func withRegion<Result>(_ index: Int, _ body: (inout Region) -> Result) -> Result {
        switch index {
        case 0: body(&region)
        case 1: body(&blocks)
        case 2: body(&categories)
        case 3: body(&wide.buckets)
        case 4: body(&wide.overflow)
        case 5: body(&far.buckets)
        default: body(&far.overflow)
        }
    }
}
