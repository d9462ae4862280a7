/// What a ``HashTable`` holds: eight or sixteen bytes that know their own hash.
package protocol HashSlot: BitwiseCopyable {
    var hash: UInt32 { get }
}

/// What a bucket begins with: the count of its slots, then the next bucket of the chain plus one. No part of the generic
/// type, whose metadata would be looked up wherever that is not specialised.
private struct BucketHeader {
    var count: UInt32
    var next: UInt32
}

/// A hash table that grows by one bucket at a time (linear hashing: Litwin 1980), so that no insertion ever
/// waits for the whole table to be rebuilt. The same insertions give the same bytes.
///
/// A bucket has room for seven slots of eight bytes, one line of a cache, or for fifteen of sixteen; more go into a chain
/// of overflow buckets, of three slots each: most chains need no more, and what is not used of a bucket is what a table
/// wastes.
package struct HashTable<Slot: HashSlot>: ~Copyable {
    private static var isSmall: Bool { MemoryLayout<Slot>.stride == 8 }
    private static var slotsPerBucket: Int { isSmall ? 7 : 15 }
    private static var slotsPerOverflow: Int { 3 }
    private static var headerBytes: Int { 8 }
    private static var bucketBytes: Int { isSmall ? 64 : 256 }
    private static var overflowBytes: Int { isSmall ? 32 : 64 }
    /// Slots a bucket, overflow included, that the table grows beyond: one slot in eight is then in an overflow bucket.
    private static var load: Int { isSmall ? 6 : 14 }

    /// Where a slot stands; valid until the next insertion or removal.
    package struct Position {
        fileprivate var bucket: UnsafeMutableRawPointer
        fileprivate var index: Int
        fileprivate var primary: Int
    }

    package var buckets: Region
    package var overflow: Region
    package private(set) var count = 0
    private var bucketCount = 1
    /// Largest power of two not above `bucketCount`.
    private var base = 1
    private var overflowExtent = 0
    /// First of the free overflow buckets, plus one.
    private var freeOverflow: UInt32 = 0
    private let limit: Int
    private let bucketLimit: Int
    private let overflowLimit: Int

    /// Room for `capacity` slots.
    package init(capacity: Int) {
        precondition(MemoryLayout<Slot>.stride == 8 || MemoryLayout<Slot>.stride == 16)
        limit = capacity
        bucketLimit = max(4, capacity / Self.load)
        overflowLimit = 2 * bucketLimit
        buckets = Region(capacity: bucketLimit * Self.bucketBytes)
        overflow = Region(capacity: overflowLimit * Self.overflowBytes)
    }

    /// The slot with this hash for which `matches` holds.
    @inline(__always)
    package func find(_ hash: UInt32, _ matches: (Slot) -> Bool) -> Position? {
        let primary = bucketNumber(hash)
        var bucket = buckets.base + primary * Self.bucketBytes
        while true {
            let header = bucket.load(as: BucketHeader.self)
            for index in 0..<Int(header.count) where matches(slot(bucket, index).pointee) {
                return Position(bucket: bucket, index: index, primary: primary)
            }
            guard header.next != 0 else { return nil }
            bucket = overflowBucket(header.next)
        }
    }

    @inline(__always)
    package subscript(_ position: Position) -> Slot {
        slot(position.bucket, position.index).pointee
    }

    @inline(__always)
    package mutating func update(_ position: Position, _ value: Slot) {
        change(position).pointee = value
    }

    /// The slot's address, to be changed before the next call; its hash must stay.
    @inline(__always)
    package mutating func change(_ position: Position) -> UnsafeMutablePointer<Slot> {
        touch(position.bucket)
        return slot(position.bucket, position.index)
    }

    /// Adds a slot that is not there yet. False if the table is full.
    package mutating func insert(_ value: Slot) -> Bool {
        guard count < limit else { return false }
        let start = buckets.base + bucketNumber(value.hash) * Self.bucketBytes
        guard append(value, to: start) else { return false }
        count += 1
        if count > bucketCount * Self.load, bucketCount < bucketLimit { split() }
        return true
    }

    /// Removes the slot; the last of its chain takes its place.
    package mutating func remove(_ position: Position) {
        var last = buckets.base + position.primary * Self.bucketBytes
        var previous: UnsafeMutableRawPointer?
        while case let next = last.load(as: BucketHeader.self).next, next != 0 {
            previous = last
            last = overflowBucket(next)
        }
        touch(last)
        touch(position.bucket)
        let header = header(last)
        header.pointee.count -= 1
        slot(position.bucket, position.index).pointee =
            slot(last, Int(header.pointee.count)).pointee
        count -= 1
        if header.pointee.count == 0, let previous {
            touch(previous)
            let number = self.header(previous).pointee.next
            self.header(previous).pointee.next = 0
            release(overflowBucket: number)
        }
    }

    /// Asks for the bucket of a hash, ahead of its use.
    @inline(__always)
    package func prefetch(_ hash: UInt32) {
        Prefetch.lines(buckets.base + bucketNumber(hash) * Self.bucketBytes, Self.bucketBytes)
    }

    // MARK: Buckets

    @inline(__always)
    private func bucketNumber(_ hash: UInt32) -> Int {
        let wide = Int(hash) & (base * 2 - 1)
        return wide < bucketCount ? wide : Int(hash) & (base - 1)
    }

    /// - Parameter number: plus one, as headers hold it.
    @inline(__always)
    private func overflowBucket(_ number: UInt32) -> UnsafeMutableRawPointer {
        overflow.base + Int(number - 1) * Self.overflowBytes
    }

    @inline(__always)
    private func slot(_ bucket: UnsafeMutableRawPointer, _ index: Int) -> UnsafeMutablePointer<Slot>
    {
        (bucket + Self.headerBytes + index * MemoryLayout<Slot>.stride)
            .assumingMemoryBound(to: Slot.self)
    }

    @inline(__always)
    private func header(_ bucket: UnsafeMutableRawPointer) -> UnsafeMutablePointer<BucketHeader> {
        bucket.assumingMemoryBound(to: BucketHeader.self)
    }

    @inline(__always)
    private mutating func touch(_ bucket: UnsafeMutableRawPointer) {
        let offset = bucket - buckets.base
        if offset >= 0, offset < buckets.capacity {
            buckets.touch(offset, Self.bucketBytes)
        } else {
            overflow.touch(bucket - overflow.base, Self.overflowBytes)
        }
    }

    private mutating func append(_ value: Slot, to start: UnsafeMutableRawPointer) -> Bool {
        var (bucket, room) = (start, Self.slotsPerBucket)
        while true {
            let header = header(bucket)
            if header.pointee.count < room {
                touch(bucket)
                slot(bucket, Int(header.pointee.count)).pointee = value
                header.pointee.count += 1
                return true
            }
            if header.pointee.next == 0 {
                guard let number = takeOverflowBucket() else { return false }
                touch(bucket)
                header.pointee.next = number
            }
            (bucket, room) = (overflowBucket(header.pointee.next), Self.slotsPerOverflow)
        }
    }

    private mutating func takeOverflowBucket() -> UInt32? {
        let number: UInt32
        if freeOverflow != 0 {
            number = freeOverflow
            let bucket = overflowBucket(number)
            freeOverflow = header(bucket).pointee.next
        } else {
            guard overflowExtent < overflowLimit else { return nil }
            overflowExtent += 1
            number = UInt32(overflowExtent)
        }
        let bucket = overflowBucket(number)
        touch(bucket)
        header(bucket).pointee = BucketHeader(count: 0, next: 0)
        return number
    }

    private mutating func release(overflowBucket number: UInt32) {
        let bucket = overflowBucket(number)
        touch(bucket)
        header(bucket).pointee = BucketHeader(count: 0, next: freeOverflow)
        freeOverflow = number
    }

    /// Opens one more bucket and shares out the slots of the one that so far took its hashes.
    private mutating func split() {
        let old = bucketCount - base
        bucketCount += 1
        let start = buckets.base + old * Self.bucketBytes
        let fresh = buckets.base + (old + base) * Self.bucketBytes
        let mask = UInt32(truncatingIfNeeded: base)
        if bucketCount == base * 2 { base = bucketCount }
        // Slots that stay are written back over those already read: never further on than the reader.
        var (bucket, target, kept, room) = (start, start, 0, Self.slotsPerBucket)
        touch(start)
        while true {
            let header = header(bucket).pointee
            for index in 0..<Int(header.count) {
                let value = slot(bucket, index).pointee
                if value.hash & mask != 0 {
                    // Each chain is no longer than the one that is split, whose tail is freed below.
                    precondition(append(value, to: fresh), "overflow buckets are exhausted")
                    continue
                }
                if kept == room {
                    self.header(target).pointee.count = UInt32(kept)
                    target =
                        overflowBucket(self.header(target).pointee.next)
                    touch(target)
                    (kept, room) = (0, Self.slotsPerOverflow)
                }
                slot(target, kept).pointee = value
                kept += 1
            }
            guard header.next != 0 else { break }
            bucket = overflowBucket(header.next)
        }
        var rest = self.header(target).pointee.next
        self.header(target).pointee = BucketHeader(count: UInt32(kept), next: 0)
        while rest != 0 {
            let next = self.header(overflowBucket(rest)).pointee.next
            release(overflowBucket: rest)
            rest = next
        }
    }
}

extension HashTable {
    /// What a snapshot keeps beside the pages.
    package var words: [UInt64] {
        [
            UInt64(MemoryLayout<Slot>.stride), UInt64(count), UInt64(bucketCount),
            UInt64(overflowExtent), UInt64(freeOverflow),
        ]
    }

    package var bucketRanges: [Range<Int>] { [0..<bucketCount * Self.bucketBytes] }
    package var overflowRanges: [Range<Int>] { [0..<overflowExtent * Self.overflowBytes] }

    /// Takes over what ``words`` gave. False if it cannot be this table's.
    package mutating func restore(_ words: inout WordReader) -> Bool {
        guard words.next() == UInt64(MemoryLayout<Slot>.stride), let count = words.next(),
            let bucketCount = words.next(), bucketCount >= 1, bucketCount <= UInt64(bucketLimit),
            let extent = words.next(), extent <= UInt64(overflowLimit),
            let free = words.next(), free <= extent, count <= UInt64(UInt32.max)
        else { return false }
        self.count = Int(count)
        self.bucketCount = Int(bucketCount)
        base = 1 << (Int.bitWidth - 1 - Int(bucketCount).leadingZeroBitCount)
        overflowExtent = Int(extent)
        freeOverflow = UInt32(free)
        return true
    }
}

extension HashTable<NumberSlot> {
    /// The number of the first record with this hash: most likely the one, though its key was not looked at.
    @inline(__always)
    package func likely(_ hash: UInt32) -> UInt32? {
        find(hash) { $0.hash == hash }.map { self[$0].number }
    }

    /// The slot with this hash whose number's record `matches`. Not inlined: other modules call this one, which is
    /// specialised, instead of the generic one, which would not be.
    @inline(never)
    package func find(_ hash: UInt32, record matches: (UInt32) -> Bool) -> Position? {
        find(hash) { $0.hash == hash && matches($0.number) }
    }
}

/// Mixes 64 bits so that every input bit sways every output bit (the finalizer of MurmurHash3, Appleby 2011).
@inline(__always)
package func mixed(_ value: UInt64) -> UInt64 {
    var bits = value
    bits ^= bits >> 33
    bits &*= 0xff51_afd7_ed55_8ccd
    bits ^= bits >> 33
    bits &*= 0xc4ce_b9fe_1a85_ec53
    return bits ^ (bits >> 33)
}

/// The number of a record beside 32 bits of its key's hash, which rule out nearly all other records unread.
package struct NumberSlot: HashSlot {
    package var hash: UInt32
    package var number: UInt32
    @inline(__always)
    package init(hash: UInt32, number: UInt32) {
        self.hash = hash
        self.number = number
    }
}
