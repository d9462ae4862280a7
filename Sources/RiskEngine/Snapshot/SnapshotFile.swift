internal import Glibc

/// A file that appears whole or not at all: written beside its name, flushed, then renamed.
struct SnapshotFile: ~Copyable {
    private let path: String
    private let temporary: String
    private let descriptor: Int32
    private var isCommitted = false

    init(creating path: String) throws(SnapshotError) {
        self.path = path
        temporary = path + ".partial"
        descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        if descriptor < 0 { throw SnapshotError(path, .system(Self.lastError())) }
    }

    deinit {
        close(descriptor)
        if !isCommitted { unlink(temporary) }
    }

    func write(_ bytes: ArraySlice<UInt8>) throws(SnapshotError) {
        let isWritten = bytes.withUnsafeBytes { raw in
            var done = 0
            while done < raw.count, let base = raw.baseAddress {
                let written = Glibc.write(descriptor, base + done, raw.count - done)
                if written < 0 && errno == EINTR { continue }
                guard written > 0 else { return false }
                done += written
            }
            return true
        }
        if !isWritten { throw SnapshotError(path, .system(Self.lastError())) }
    }

    /// Makes the file durable under its name.
    mutating func commit() throws(SnapshotError) {
        guard fsync(descriptor) == 0, rename(temporary, path) == 0 else {
            throw SnapshotError(path, .system(Self.lastError()))
        }
        isCommitted = true
        let directory = Self.directory(of: path)
        let handle = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard handle >= 0 else { throw SnapshotError(path, .system(Self.lastError())) }
        defer { close(handle) }
        guard fsync(handle) == 0 else { throw SnapshotError(path, .system(Self.lastError())) }
    }

    static func directory(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    static func lastError() -> String { String(cString: strerror(errno)) }
}

/// Reads a file from its beginning, hashing what it reads.
struct SnapshotInput: ~Copyable {
    private let path: String
    private let descriptor: Int32

    init(path: String) throws(SnapshotError) {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw SnapshotError(
                path, errno == ENOENT ? .missing : .system(SnapshotFile.lastError()))
        }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Exactly `count` bytes.
    func read(_ count: Int) throws(SnapshotError) -> [UInt8] {
        var failure: SnapshotError?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            while initialized < count, let base = buffer.baseAddress {
                let taken = Glibc.read(descriptor, base + initialized, count - initialized)
                if taken < 0 && errno == EINTR { continue }
                guard taken > 0 else {
                    failure = SnapshotError(
                        path, taken == 0 ? .truncated : .system(SnapshotFile.lastError()))
                    return
                }
                initialized += taken
            }
        }
        if let failure { throw failure }
        return bytes
    }

    /// Bytes of the whole file.
    func size() -> Int {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
    }
}
