/// Records of one type under 32-bit numbers that stay valid until the record is freed. Freed numbers are given out
/// again, the last first.
package struct Slab<Record: BitwiseCopyable>: ~Copyable {
    /// The number that stands for no record.
    @inline(__always) package static var none: UInt32 { .max }

    package var region: Region
    /// Numbers ever given out: 0 ..< `extent`.
    package private(set) var extent: Int
    private let limit: Int
    private var free: [UInt32]

    /// Room for `capacity` records.
    package init(capacity: Int) {
        precondition(capacity > 0 && capacity < Int(UInt32.max))
        precondition(MemoryLayout<Record>.alignment <= 16)
        region = Region(capacity: capacity * MemoryLayout<Record>.stride)
        limit = capacity
        extent = 0
        free = []
    }

    /// Records in use.
    package var count: Int { extent - free.count }

    /// A number for a new record with these contents; nil if the slab is full.
    package mutating func insert(_ record: Record) -> UInt32? {
        let number: UInt32
        if let freed = free.popLast() {
            number = freed
        } else {
            guard extent < limit else { return nil }
            number = UInt32(extent)
            extent += 1
        }
        change(number).pointee = record
        return number
    }

    package mutating func remove(_ number: UInt32) {
        precondition(Int(number) < extent)
        free.append(number)
    }

    /// The record, to be read.
    @inline(__always)
    package subscript(_ number: UInt32) -> Record {
        precondition(Int(number) < extent)
        return pointer(number).pointee
    }

    /// The record's address, to be read; valid while the slab lives.
    @inline(__always)
    package func read(_ number: UInt32) -> UnsafePointer<Record> {
        precondition(Int(number) < extent)
        return UnsafePointer(pointer(number))
    }

    /// The record's address, to be changed before the next call.
    @inline(__always)
    package mutating func change(_ number: UInt32) -> UnsafeMutablePointer<Record> {
        precondition(Int(number) < extent)
        let stride = MemoryLayout<Record>.stride
        region.touch(Int(number) * stride, stride)
        return pointer(number)
    }

    /// Asks for a record ahead of its use.
    @inline(__always)
    package func prefetch(_ number: UInt32) {
        Prefetch.lines(pointer(number), MemoryLayout<Record>.stride)
    }

    @inline(__always)
    private func pointer(_ number: UInt32) -> UnsafeMutablePointer<Record> {
        (region.base + Int(number) * MemoryLayout<Record>.stride)
            .assumingMemoryBound(to: Record.self)
    }
}

extension Slab {
    /// The bytes in use, for a snapshot.
    package var liveRanges: [Range<Int>] { [0..<extent * MemoryLayout<Record>.stride] }

    /// What a snapshot keeps beside the pages.
    package var words: [UInt64] {
        [UInt64(MemoryLayout<Record>.stride), UInt64(extent), UInt64(free.count)]
            + free.map(UInt64.init)
    }

    /// Takes over what ``words`` gave. False if it cannot be this slab's.
    package mutating func restore(_ words: inout WordReader) -> Bool {
        guard words.next() == UInt64(MemoryLayout<Record>.stride), let extent = words.next(),
            extent <= UInt64(limit), let freeCount = words.next(), freeCount <= extent
        else { return false }
        self.extent = Int(extent)
        free = []
        for _ in 0..<freeCount {
            guard let number = words.next(), number < extent else { return false }
            free.append(UInt32(number))
        }
        return true
    }
}

/// Reads the words of a snapshot one after another.
package struct WordReader {
    private let words: [UInt64]
    private var position = 0
    package init(_ words: [UInt64]) { self.words = words }
    /// The next word; nil at the end.
    package mutating func next() -> UInt64? {
        guard position < words.count else { return nil }
        defer { position += 1 }
        return words[position]
    }
    package var isAtEnd: Bool { position == words.count }
}
