/// What is remembered of everybody, in a fixed number of slots.
///
/// A key has eight slots that it can be in. A key that is in none takes over the one whose moment is the earliest, *with
/// that moment*: where it has passed, as nearly always, this is a fresh allowance, and whoever was forgotten had all of
/// theirs back. So nobody gains by being forgotten, however many keys come in between: moments in slots only ever move on,
/// and whoever is forgotten has the earliest of eight; hence they find, when they come back, one that is no earlier.
/// Only where all eight are in use does a newcomer begin with somebody else's debt, the smallest there.
struct LimitTable: Sendable {
    private struct Slot: Sendable {
        var key: UInt64 = 0
        /// When all is back.
        var full = Int64.min
    }
    static let width = 8
    private var slots: [Slot]
    private let mask: Int

    /// - Parameter capacity: slots; rounded up to a power of two, and at least eight.
    init(capacity: Int) {
        var count = Self.width
        while count < capacity { count *= 2 }
        slots = Array(repeating: Slot(), count: count)
        mask = count / Self.width - 1
    }

    var capacity: Int { slots.count }

    /// Judges a request. Takes constant time, and allocates nothing.
    ///
    /// - Parameter key: spread evenly, and in a way that whoever chooses keys cannot foresee.
    @inline(__always)
    mutating func judge(_ key: UInt64, at now: Int64, _ rate: CellRate) -> Standing {
        let first = (Int(truncatingIfNeeded: key >> 32) & mask) * Self.width
        return slots.withUnsafeMutableBufferPointer { slots in
            var place = first
            for index in first..<first + Self.width {
                if slots[index].key == key {
                    place = index
                    break
                }
                if slots[index].full < slots[place].full { place = index }
            }
            var full = slots[place].full
            let standing = rate.judge(&full, at: now)
            // Whoever is refused changes nothing, and puts nobody out of a slot.
            if standing.isAdmitted { slots[place] = Slot(key: key, full: full) }
            return standing
        }
    }
}
