internal import Glibc

/// Why an output could not be written.
public struct OutputError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The output's path.
    public let path: String
    /// Why it could not be written.
    public let reason: String

    /// An output that cannot be written, and why.
    public init(path: String, reason: String) {
        self.path = path
        self.reason = reason
    }

    /// Path and cause in one sentence.
    public var description: String { "\(path) cannot be written: \(reason)" }
}

/// A file that appears whole or not at all: written beside its place, synchronised, then renamed.
/// Dropped without ``commit()``, it leaves nothing behind.
public struct AtomicFile: ~Copyable, Sendable {
    private let path: String
    private let temporaryPath: String
    private var descriptor: Int32
    private var buffer: [UInt8] = []

    private static let bufferLength = 1 << 18

    /// Begins a file that will stand at `path`.
    public init(path: String) throws(OutputError) {
        self.path = path
        temporaryPath = path + ".\(getpid()).partial"
        descriptor = open(temporaryPath, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw Self.failure(path) }
        buffer.reserveCapacity(Self.bufferLength)
    }

    deinit {
        if descriptor >= 0 {
            close(descriptor)
            unlink(temporaryPath)
        }
    }

    private static func failure(_ path: String) -> OutputError {
        OutputError(path: path, reason: String(cString: strerror(errno)))
    }

    /// Adds text in UTF-8. Throws if the disk does not take it.
    public mutating func append(_ text: String) throws(OutputError) {
        buffer.append(contentsOf: text.utf8)
        if buffer.count >= Self.bufferLength { try flush() }
    }

    /// Adds bytes. Throws if the disk does not take them.
    public mutating func append(_ bytes: [UInt8]) throws(OutputError) {
        buffer.append(contentsOf: bytes)
        if buffer.count >= Self.bufferLength { try flush() }
    }

    private mutating func flush() throws(OutputError) {
        var written = 0
        while written < buffer.count {
            let count = buffer.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress?.advanced(by: written), $0.count - written)
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw Self.failure(path) }
            written += count
        }
        buffer.removeAll(keepingCapacity: true)
    }

    /// Puts the file in its place.
    public mutating func commit() throws(OutputError) {
        try flush()
        guard fsync(descriptor) == 0, rename(temporaryPath, path) == 0 else {
            throw Self.failure(path)
        }
        close(descriptor)
        descriptor = -1
    }

    /// Writes a whole file at once.
    public static func write(_ bytes: [UInt8], to path: String) throws(OutputError) {
        var file = try AtomicFile(path: path)
        try file.append(bytes)
        try file.commit()
    }
}
