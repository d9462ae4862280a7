internal import CZlib

/// Compresses text into one gzip member (RFC 1952) without name or time: equal text gives equal
/// bytes.
public struct GzipEncoder: ~Copyable, Sendable {
    private var stream: GzipStream
    private var room = [UInt8](repeating: 0, count: 1 << 16)

    /// - Parameter level: from 1, fast, to 9, small.
    public init(level: Int = 6) {
        stream = GzipStream(.deflating(level: Int32(min(max(level, 1), 9))))
    }

    /// Compresses `input`; what is ready is appended to `output`.
    public mutating func encode(_ input: [UInt8], into output: inout [UInt8]) throws(GzipError) {
        try run(input, flush: Z_NO_FLUSH, into: &output)
    }

    /// Ends the member. Nothing may be encoded afterwards.
    public mutating func finish(into output: inout [UInt8]) throws(GzipError) {
        try run([], flush: Z_FINISH, into: &output)
    }

    private mutating func run(
        _ input: [UInt8], flush: Int32, into output: inout [UInt8]
    ) throws(GzipError) {
        var consumed = 0
        while true {
            let step = input.withUnsafeBytes { input in
                room.withUnsafeMutableBytes { room in
                    stream.step(
                        UnsafeRawBufferPointer(rebasing: input[consumed...]), into: room,
                        flush: flush)
                }
            }
            consumed += step.consumed
            output.append(contentsOf: room[..<step.produced])
            switch step.status {
            case Z_STREAM_END: return
            case Z_OK, Z_BUF_ERROR:
                // Room left over means that zlib has nothing more to say.
                if flush == Z_NO_FLUSH, consumed == input.count, step.produced < room.count {
                    return
                }
            default: throw GzipError("zlib cannot compress: \(stream.message)")
            }
        }
    }
}
