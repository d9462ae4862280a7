internal import Cryptography
internal import Foundation

/// The bearer keys (RFC 6750) of those who may use the API, by name.
public struct APIKeys: Sendable {
    private struct Entry: Sendable {
        var name: String
        var secret: String
        var digest: [UInt8]
    }
    /// Name of the key that is made when there is no file.
    public static let firstName = "operator"
    /// Shorter keys are refused: they could be guessed.
    static let minimumLength = 24
    /// Longer names are refused: they stand in the audit log, whose parts are bounded.
    static let maximumNameBytes = 128

    private let entries: [Entry]

    /// Names of all keys, in the file's order.
    public var names: [String] { entries.map(\.name) }

    /// The secret of a key; nil if there is none of that name.
    public func secret(named name: String) -> String? {
        entries.first { $0.name == name }?.secret
    }

    /// Reads `name key` pairs, one a line; empty lines and lines that begin with `#` are skipped. If there is no
    /// file, one is made with mode 0600 and a random key.
    ///
    /// A file that anybody but its owner may read or write is refused.
    public init(file path: String) throws(APIKeysError) {
        if access(path, F_OK) != 0 { try Self.create(path) }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.failure(path) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw Self.failure(path) }
        guard status.st_mode & 0o077 == 0 else {
            throw APIKeysError(
                path: path, reason: .readableByOthers(mode: UInt32(status.st_mode & 0o777)))
        }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: false)
        let data: Data?
        do { data = try handle.readToEnd() } catch {
            throw APIKeysError(path: path, reason: .unreadable("\(error)"))
        }
        try self.init(text: String(decoding: data ?? Data(), as: UTF8.self), path: path)
    }

    init(text: String, path: String) throws(APIKeysError) {
        var entries: [Entry] = []
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            let words = line.split { $0 == " " || $0 == "\t" || $0 == "\r\n" || $0 == "\r" }
            guard let name = words.first.map(String.init), !name.hasPrefix("#") else { continue }
            func malformed(_ cause: String) -> APIKeysError {
                APIKeysError(path: path, reason: .malformed(line: index + 1, cause))
            }
            guard words.count == 2 else { throw malformed("a line is `name key`") }
            guard name.utf8.count <= Self.maximumNameBytes,
                name.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7f })
            else {
                throw malformed(
                    "a name has at most \(Self.maximumNameBytes) bytes, and none for control")
            }
            let secret = String(words[1])
            guard secret.utf8.count >= Self.minimumLength,
                secret.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f })
            else {
                throw malformed(
                    "a key has at least \(Self.minimumLength) visible ASCII characters")
            }
            guard !entries.contains(where: { $0.name == name || $0.secret == secret }) else {
                throw malformed("a name and a key stand only once")
            }
            entries.append(Entry(name: name, secret: secret, digest: Self.digest(secret)))
        }
        guard !entries.isEmpty else { throw APIKeysError(path: path, reason: .empty) }
        self.entries = entries
    }

    /// The name of a key; nil if it is not known. Compares digests, and all of them, so that the time tells nothing.
    func name(of secret: some StringProtocol) -> String? {
        let digest = Self.digest(secret)
        var name: String?
        for entry in entries where constantTimeEqual(entry.digest, digest) { name = entry.name }
        return name
    }

    private static func digest(_ secret: some StringProtocol) -> [UInt8] {
        SHA256.hash(Array(secret.utf8)).bytes
    }

    // MARK: - The file

    /// Complete from the first moment it can be seen; if another process was faster, its file stays.
    private static func create(_ path: String) throws(APIKeysError) {
        let draft = "\(path).\(getpid())"
        unlink(draft)
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure(path) }
        defer {
            close(descriptor)
            unlink(draft)
        }
        let line = Array("\(firstName) hf_\(Hexadecimal.encode(randomBytes(32)))\n".utf8)
        guard write(descriptor, line, line.count) == line.count, fsync(descriptor) == 0 else {
            throw failure(path)
        }
        guard link(draft, path) == 0 || errno == EEXIST else { throw failure(path) }
    }

    private static func failure(_ path: String) -> APIKeysError {
        APIKeysError(path: path, reason: .unreadable(String(cString: strerror(errno))))
    }
}
