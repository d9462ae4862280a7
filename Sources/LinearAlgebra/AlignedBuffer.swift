internal import Glibc

/// Zero-filled storage of a fixed number of plain values whose first byte is 64-byte aligned, so
/// that vector loads of BLAS kernels never straddle a cache line. Freed when it goes out of scope.
public struct AlignedBuffer<Element: BitwiseCopyable & Sendable>: ~Copyable, @unchecked Sendable {
    /// Number of elements.
    public let count: Int
    /// The first element. Valid as long as the buffer; index checks are the caller's.
    public let pointer: UnsafeMutablePointer<Element>

    /// Alignment of the first byte, in bytes.
    public static var alignment: Int { 64 }

    /// Storage of `count` elements, each with all bits zero.
    public init(count: Int) {
        precondition(count >= 0, "a buffer cannot have \(count) elements")
        let bytes = max(Self.alignment, count * MemoryLayout<Element>.stride)
        let raw = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: Self.alignment)
        memset(raw, 0, bytes)
        self.count = count
        pointer = raw.bindMemory(to: Element.self, capacity: count)
    }

    /// A copy of `elements`.
    public init(_ elements: [Element]) {
        self.init(count: elements.count)
        for (index, element) in elements.enumerated() { pointer[index] = element }
    }

    deinit { UnsafeMutableRawPointer(pointer).deallocate() }

    /// Element `index`, checked.
    public subscript(index: Int) -> Element {
        get {
            precondition(index >= 0 && index < count, "index \(index) outside 0..<\(count)")
            return pointer[index]
        }
        set {
            precondition(index >= 0 && index < count, "index \(index) outside 0..<\(count)")
            pointer[index] = newValue
        }
    }

    /// The elements, copied.
    public var array: [Element] { Array(UnsafeBufferPointer(start: pointer, count: count)) }
}
