internal import CPrefetch

/// Asks the processor for memory that will be needed soon, so that many slow reads overlap instead of following one
/// another.
enum Prefetch {
    private static var lineBytes: Int { 64 }

    /// Asks for all lines of `count` bytes.
    @inline(__always)
    static func lines(_ start: UnsafeRawPointer, _ count: Int) {
        var offset = 0
        while offset < count {
            holdfast_prefetch(start + offset)
            offset += lineBytes
        }
        // What does not begin on a line may reach into one more.
        if count % lineBytes != 0 { holdfast_prefetch(start + (count - 1)) }
    }
}
