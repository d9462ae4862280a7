internal import CZlib

/// zlib's state of one stream. It stays where it is in memory: zlib keeps a pointer back to it.
struct GzipStream: ~Copyable, @unchecked Sendable {
    enum Direction { case inflating, deflating(level: Int32) }

    private let stream: UnsafeMutablePointer<z_stream>
    private let isInflating: Bool

    init(_ direction: Direction) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let status: Int32
        switch direction {
        case .inflating:
            isInflating = true
            status = zlib_begin_inflate(stream)
        case .deflating(let level):
            isInflating = false
            status = zlib_begin_deflate(stream, level)
        }
        // Only a lack of memory, or a library of another version, can refuse.
        precondition(status == Z_OK, "zlib cannot begin a stream: status \(status)")
    }

    deinit {
        _ = isInflating ? inflateEnd(stream) : deflateEnd(stream)
        stream.deinitialize(count: 1)
        stream.deallocate()
    }

    /// What one call did.
    struct Step {
        var consumed: Int
        var produced: Int
        var status: Int32
    }

    /// Takes from `input` and puts into `output` as far as either reaches.
    mutating func step(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer, flush: Int32
    ) -> Step {
        let given = min(input.count, Int(UInt32.max))
        let room = min(output.count, Int(UInt32.max))
        // zlib's field is not const, but what it points at is only read.
        stream.pointee.next_in = UnsafeMutableRawPointer(mutating: input.baseAddress)?
            .assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_in = UInt32(given)
        stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = UInt32(room)
        let status = isInflating ? inflate(stream, flush) : deflate(stream, flush)
        return Step(
            consumed: given - Int(stream.pointee.avail_in),
            produced: room - Int(stream.pointee.avail_out), status: status)
    }

    /// Begins with the next member of the file.
    mutating func reset() { _ = isInflating ? inflateReset(stream) : deflateReset(stream) }

    /// zlib's own words on what was wrong.
    var message: String { stream.pointee.msg.map { String(cString: $0) } ?? "unknown" }
}
