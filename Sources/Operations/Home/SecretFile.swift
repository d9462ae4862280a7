internal import Foundation

/// Files that only their owner may read.
enum SecretFile {
    /// The file's text.
    ///
    /// - Throws: ``OperationError`` naming the file if it is missing, or if others may read it or write to it.
    static func read(_ path: String, orElse hint: String) throws(OperationError) -> String {
        var status = stat()
        guard stat(path, &status) == 0 else {
            let cause = errno == ENOENT ? "does not exist" : String(cString: strerror(errno))
            throw OperationError("\(path): \(cause); \(hint)")
        }
        guard status.st_mode & 0o077 == 0 else {
            let mode = String(status.st_mode & 0o777, radix: 8)
            throw OperationError(
                "\(path) holds a secret but others may read it or write to it (mode \(mode)): "
                    + "chmod 600 it, or make a new one if it was seen")
        }
        do { return try String(contentsOfFile: path, encoding: .utf8) } catch {
            throw OperationError("\(path) cannot be read: \(error)")
        }
    }
}
