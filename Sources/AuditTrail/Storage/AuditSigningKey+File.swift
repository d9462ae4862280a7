internal import Cryptography
internal import Foundation

extension AuditSigningKey {
    /// What a key's file begins with; the seed's 64 hexadecimal digits follow on the same line.
    private static let format = "holdfast-audit-ed25519"

    /// Reads the key from its file. If there is none, one is made with mode 0600 and a new key.
    ///
    /// - Throws: ``AuditError`` whose `isKeyFile` is true, if anybody but its owner may read or write the file, if it is
    ///   not a key's file, or if it can be neither read nor made.
    public init(file path: String) throws(AuditError) {
        if access(path, F_OK) != 0, errno == ENOENT { try Self.create(path) }
        let text = try Self.read(path)
        let words = text.split { $0.isWhitespace }
        guard words.count == 2, words[0] == Self.format,
            let seed = Hexadecimal.decode(words[1]), let key = AuditSigningKey(seed: seed)
        else {
            throw .keyFile(
                path, "is not a key of the audit log: one line, `\(Self.format)` and 64 digits")
        }
        self = key
    }

    private static func read(_ path: String) throws(AuditError) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(path) }
        defer { close(descriptor) }
        var status = stat()
        // Asked of the open file, which nobody can exchange for another meanwhile.
        guard fstat(descriptor, &status) == 0 else { throw failure(path) }
        guard status.st_mode & 0o077 == 0 else {
            let mode = String(status.st_mode & 0o777, radix: 8)
            throw .keyFile(
                path,
                "holds a secret but others may read it or write to it (mode \(mode)): "
                    + "chmod 600 it, or replace the key if it was seen")
        }
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = Foundation.read(descriptor, &bytes, bytes.count)
        guard count >= 0 else { throw failure(path) }
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }

    /// Complete from the first moment it can be seen; if another process was faster, its key stays.
    private static func create(_ path: String) throws(AuditError) {
        let draft = "\(path).\(getpid()).\(Hexadecimal.encode(randomBytes(4)))"
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure(path) }
        defer {
            close(descriptor)
            unlink(draft)
        }
        let line = Array("\(format) \(Hexadecimal.encode(AuditSigningKey().seed))\n".utf8)
        guard write(descriptor, line, line.count) == line.count, fsync(descriptor) == 0 else {
            throw failure(path)
        }
        guard link(draft, path) == 0 || errno == EEXIST else { throw failure(path) }
    }

    private static func failure(_ path: String) -> AuditError {
        .keyFile(path, "cannot be read or made: \(String(cString: strerror(errno)))")
    }
}
