internal import Glibc

/// A range of memory whose address never changes: reserved at once, backed by the operating system page by page as it
/// is first written. Nothing is ever copied to grow it, so growth never stalls a decision.
///
/// While a snapshot is being taken, ``touch(_:_:)`` copies a page before its first change, so that what is saved
/// is the state at one sequence.
package struct Region: ~Copyable {
    /// Unit of the copies a snapshot takes. Small, because scattered writes each copy a whole page.
    package static let pageBytes = 4096

    package let base: UnsafeMutableRawPointer
    /// Bytes reserved, a multiple of ``pageBytes``.
    package let capacity: Int
    private var tracking: PageTracking?

    /// Reserves room for `capacity` bytes, zero until written.
    package init(capacity: Int) {
        precondition(capacity > 0)
        let rounded = (capacity + Self.pageBytes - 1) / Self.pageBytes * Self.pageBytes
        let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
        let address = mmap(nil, rounded, PROT_READ | PROT_WRITE, flags, -1, 0)
        guard let address, address != MAP_FAILED else {
            fatalError("no address space for \(rounded) bytes of engine state")
        }
        self.base = address
        self.capacity = rounded
    }

    deinit { munmap(base, capacity) }

    /// Must precede every change of the bytes `offset ..< offset + count`.
    @inline(__always)
    package mutating func touch(_ offset: Int, _ count: Int) {
        if tracking != nil { preserve(offset, count) }
    }

    @inline(never)
    private mutating func preserve(_ offset: Int, _ count: Int) {
        let last = (offset + count - 1) / Self.pageBytes
        for page in offset / Self.pageBytes...last { tracking?.save(page, from: base) }
    }

    /// Gives the memory of whole pages in a byte range back; they read as zero afterwards.
    package mutating func discard(_ range: Range<Int>) {
        precondition(range.lowerBound >= 0 && range.upperBound <= capacity)
        guard !range.isEmpty else { return }
        touch(range.lowerBound, range.count)
        madvise(base + range.lowerBound, range.count, MADV_DONTNEED)
    }
}

// MARK: - Snapshots

extension Region {
    /// From now on the bytes of `ranges` are kept as they are until they were handed out as copies.
    package mutating func beginTracking(_ ranges: [Range<Int>]) {
        tracking = PageTracking(ranges: ranges, pageCount: capacity / Self.pageBytes)
    }

    package mutating func endTracking() { tracking = nil }

    /// Moves pages that still await saving into the copies, at most `limit`. Returns how many were copied.
    package mutating func saveNext(_ limit: Int) -> Int {
        tracking?.saveNext(limit, from: base) ?? 0
    }

    /// The copies made since the last call.
    package mutating func takeCopies() -> PageCopies {
        tracking?.takeCopies() ?? PageCopies()
    }

    /// Puts a saved page back. False if it does not belong to the region.
    package mutating func restore(page: Int, from bytes: UnsafeRawBufferPointer) -> Bool {
        guard page >= 0, page < capacity / Self.pageBytes, bytes.count == Self.pageBytes,
            let source = bytes.baseAddress
        else { return false }
        memcpy(base + page * Self.pageBytes, source, Self.pageBytes)
        return true
    }
}

/// Copies of pages: the numbers of the pages and their bytes, one after another.
package struct PageCopies: Sendable {
    package var pages: [UInt32] = []
    package var bytes: [UInt8] = []
    package init() {}
    package var isEmpty: Bool { pages.isEmpty }
}

/// Which pages of a region a running snapshot still has to save.
struct PageTracking {
    /// One byte a page from `firstPage` on; 1 while the page has to be saved.
    private var isDue: [UInt8]
    private var cursor = 0
    private var copies = PageCopies()

    init(ranges: [Range<Int>], pageCount: Int) {
        let end = ranges.map(\.upperBound).max() ?? 0
        let pages = min(pageCount, (end + Region.pageBytes - 1) / Region.pageBytes)
        isDue = [UInt8](repeating: 0, count: pages)
        for range in ranges where !range.isEmpty {
            for page in range.lowerBound / Region.pageBytes...(range.upperBound - 1)
                / Region.pageBytes
            { isDue[page] = 1 }
        }
    }

    mutating func save(_ page: Int, from base: UnsafeMutableRawPointer) {
        guard page < isDue.count, isDue[page] == 1 else { return }
        isDue[page] = 0
        copies.pages.append(UInt32(page))
        copies.bytes.append(
            contentsOf: UnsafeRawBufferPointer(
                start: base + page * Region.pageBytes, count: Region.pageBytes))
    }

    mutating func saveNext(_ limit: Int, from base: UnsafeMutableRawPointer) -> Int {
        var saved = 0
        while saved < limit, cursor < isDue.count {
            if isDue[cursor] == 1 {
                save(cursor, from: base)
                saved += 1
            }
            cursor += 1
        }
        return saved
    }

    mutating func takeCopies() -> PageCopies {
        let taken = copies
        copies = PageCopies()
        return taken
    }
}
