/// Records that are found by a 16-bit number of their own, such as a currency's: room for all of them, memory for those
/// in use. A record that was never written is all zeros, which must be a record's first state.
package struct DirectTable<Record: BitwiseCopyable>: ~Copyable {
    package var region: Region
    /// Numbers below it may have been written.
    package private(set) var extent = 0

    package init() {
        region = Region(capacity: Int(UInt16.max) * MemoryLayout<Record>.stride + 4096)
    }

    /// The record's address, to be read; valid while the table lives.
    @inline(__always)
    package func read(_ number: UInt16) -> UnsafePointer<Record> {
        UnsafePointer(pointer(number))
    }

    /// The record's address, to be changed before the next call.
    @inline(__always)
    package mutating func change(_ number: UInt16) -> UnsafeMutablePointer<Record> {
        let stride = MemoryLayout<Record>.stride
        region.touch(Int(number) * stride, stride)
        extent = max(extent, Int(number) + 1)
        return pointer(number)
    }

    @inline(__always)
    private func pointer(_ number: UInt16) -> UnsafeMutablePointer<Record> {
        (region.base + Int(number) * MemoryLayout<Record>.stride)
            .assumingMemoryBound(to: Record.self)
    }
}

extension DirectTable {
    /// The bytes in use, for a snapshot.
    package var liveRanges: [Range<Int>] { [0..<extent * MemoryLayout<Record>.stride] }

    /// What a snapshot keeps beside the pages.
    package var words: [UInt64] { [UInt64(MemoryLayout<Record>.stride), UInt64(extent)] }

    /// Takes over what ``words`` gave. False if it cannot be this table's.
    package mutating func restore(_ words: inout WordReader) -> Bool {
        guard words.next() == UInt64(MemoryLayout<Record>.stride), let extent = words.next(),
            extent <= UInt64(UInt16.max) + 1
        else { return false }
        self.extent = Int(extent)
        return true
    }
}
