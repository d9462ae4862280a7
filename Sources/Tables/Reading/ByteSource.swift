internal import Compression
internal import Cryptography
internal import Glibc

/// The bytes of a table's text: of a plain file as they are, of a gzip file (RFC 1952) decompressed.
/// Which it is, is told by its first bytes, not by its name.
struct ByteSource: ~Copyable, @unchecked Sendable {
    let path: String
    private let descriptor: Int32
    private let length: Int
    private var bytesRead = 0
    private var sha: SHA256?
    private var decoder: GzipDecoder?
    /// Compressed bytes as they were read; `unused` of them are not yet decompressed. Only this value
    /// has the pointer. Empty for a plain file.
    private let compressed: UnsafeMutableRawBufferPointer
    private var unused = 0..<0

    private static let chunkLength = 1 << 18

    /// - Parameter hashes: whether the SHA-256 of the text will be asked for.
    init(path: String, hashes: Bool) throws(TableError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.unreadable(path) }
        var status = stat()
        length = fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
        var start = [UInt8](repeating: 0, count: 2)
        let isCompressed =
            pread(descriptor, &start, 2, 0) == 2 && GzipDecoder.recognises(start)
        decoder = isCompressed ? GzipDecoder() : nil
        compressed = .allocate(byteCount: isCompressed ? Self.chunkLength : 0, alignment: 16)
        sha = hashes ? SHA256() : nil
        self.descriptor = descriptor
        self.path = path
    }

    deinit {
        close(descriptor)
        compressed.deallocate()
    }

    private static func unreadable(_ path: String) -> TableError {
        TableError(path: path, reason: "cannot be read: \(String(cString: strerror(errno)))")
    }

    /// How much of the file has been read, 0 … 1.
    var fractionRead: Double { length > 0 ? min(1, Double(bytesRead) / Double(length)) : 1 }

    /// SHA-256 of the text that was read so far; nil unless it was asked for. May be asked for once.
    mutating func takeHash() -> SHA256Digest? {
        guard let sha = sha.take() else { return nil }
        return sha.finalize()
    }

    /// Reads on into `room`, which need not be filled; 0 at the end of the text.
    mutating func read(into room: UnsafeMutableRawBufferPointer) throws(TableError) -> Int {
        let count = decoder == nil ? try readFile(into: room) : try decompress(into: room)
        sha?.update(UnsafeRawBufferPointer(rebasing: room[..<count]))
        return count
    }

    private mutating func readFile(
        into room: UnsafeMutableRawBufferPointer
    ) throws(TableError) -> Int {
        while true {
            let count = Glibc.read(descriptor, room.baseAddress, room.count)
            if count >= 0 {
                bytesRead += count
                return count
            }
            guard errno == EINTR else { throw Self.unreadable(path) }
        }
    }

    private mutating func decompress(
        into room: UnsafeMutableRawBufferPointer
    ) throws(TableError) -> Int {
        while true {
            if unused.isEmpty {
                unused = 0..<(try readFile(into: compressed))
                guard !unused.isEmpty else {
                    guard decoder?.isComplete == true else {
                        throw TableError(
                            path: path,
                            reason: "its compressed data end too early: the file was cut short")
                    }
                    return 0
                }
            }
            do throws(GzipError) {
                let input = UnsafeRawBufferPointer(rebasing: compressed[unused])
                guard let done = try decoder?.decode(input, into: room) else { return 0 }
                unused = (unused.lowerBound + done.consumed)..<unused.upperBound
                if done.produced > 0 { return done.produced }
            } catch { throw TableError(path: path, reason: error.description) }
        }
    }
}
