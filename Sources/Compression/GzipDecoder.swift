internal import CZlib

/// Decompresses a gzip file (RFC 1952) piece by piece; its members follow one another as one text.
/// Lengths and checksums are checked.
public struct GzipDecoder: ~Copyable, Sendable {
    private var stream = GzipStream(.inflating)
    /// Whether the bytes so far end with a whole member.
    public private(set) var isComplete = false

    /// A decoder before the first byte.
    public init() {}

    /// Whether a file that begins with these bytes is a gzip file.
    public static func recognises(_ start: some Collection<UInt8>) -> Bool {
        start.starts(with: [0x1f, 0x8b])
    }

    /// Decompresses as far as `input` or the room in `output` reaches.
    public mutating func decode(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) throws(GzipError) -> (consumed: Int, produced: Int) {
        var (consumed, produced) = (0, 0)
        while consumed < input.count, produced < output.count {
            if isComplete {
                stream.reset()
                isComplete = false
            }
            let step = stream.step(
                UnsafeRawBufferPointer(rebasing: input[consumed...]),
                into: UnsafeMutableRawBufferPointer(rebasing: output[produced...]),
                flush: Z_NO_FLUSH)
            consumed += step.consumed
            produced += step.produced
            switch step.status {
            case Z_OK: break
            case Z_STREAM_END: isComplete = true
            case Z_BUF_ERROR: return (consumed, produced)
            default: throw GzipError("its compressed data are damaged: \(stream.message)")
            }
        }
        return (consumed, produced)
    }
}
