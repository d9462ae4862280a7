internal import Glibc

extension RiskModel {
    /// No model file is larger, in bytes.
    public static let maximumFileLength = 64 << 20

    /// Reads a model file. The error names the path and what is wrong.
    public static func load(path: String) throws(ModelError) -> RiskModel {
        let bytes = try read(path: path)
        do { return try RiskModel(encoded: bytes) } catch { throw error.at(path) }
    }

    private static func read(path: String) throws(ModelError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw unreadable(path) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw unreadable(path) }
        guard status.st_mode & S_IFMT == S_IFREG, status.st_size <= maximumFileLength else {
            throw ModelError(
                path: path,
                .unreadable("not a file of at most \(maximumFileLength) bytes"))
        }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        var filled = 0
        while filled < bytes.count {
            let count = bytes.withUnsafeMutableBytes {
                Glibc.read(descriptor, $0.baseAddress?.advanced(by: filled), $0.count - filled)
            }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw unreadable(path) }
            guard count > 0 else { break }
            filled += count
        }
        return Array(bytes[..<filled])
    }

    private static func unreadable(_ path: String) -> ModelError {
        ModelError(path: path, .unreadable(String(cString: strerror(errno))))
    }
}
