internal import Cryptography
internal import Glibc

/// Where a secret lies: never in a program's arguments, which every user of the machine can list.
public enum SecretPlace: Sendable, Equatable, CustomStringConvertible {
    /// A file by its path.
    case file(String)
    /// A variable of this process's environment, by its name.
    case environment(String)

    /// `file:` and the path, or `env:` and the name.
    public var description: String {
        switch self {
        case .file(let path): "file:\(path)"
        case .environment(let name): "env:\(name)"
        }
    }

    /// A place as its description says; nil for anything else. A file's path is absolute, or `file://` goes before it.
    init?(_ text: some StringProtocol) {
        if text.hasPrefix("file:") {
            let path = text.dropFirst(text.hasPrefix("file:///") ? 7 : 5)
            guard path.hasPrefix("/"), !path.hasPrefix("//") else { return nil }
            self = .file(String(path))
        } else if text.hasPrefix("env:") {
            let name = text.dropFirst(4).utf8
            guard let first = name.first, !(0x30...0x39).contains(first),
                name.allSatisfy({ Self.isOfVariable($0) })
            else { return nil }
            self = .environment(String(text.dropFirst(4)))
        } else {
            return nil
        }
    }

    /// Letters, digits and `_`, as POSIX has it (Base Definitions, section 8.1).
    private static func isOfVariable(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x5f: true
        default: false
        }
    }

    /// The place's bytes; of at most 64 KiB.
    func bytes() throws(HardwareKeyError) -> [UInt8] {
        switch self {
        case .file(let path): return try Self.contents(of: path)
        case .environment(let name):
            guard let text = getenv(name) else { throw .secret("\(self)", "is not set") }
            return Array(String(cString: text).utf8)
        }
    }

    /// A PIN: the bytes, without a line's end behind them.
    func pin() throws(HardwareKeyError) -> [UInt8] {
        let pin = Self.withoutLineEnd(try bytes())
        guard !pin.isEmpty else { throw .secret("\(self)", "is empty, where a PIN should be") }
        return pin
    }

    /// A key: 64 hexadecimal digits, with or without a line's end, or, in a file, 32 bytes.
    func key() throws(HardwareKeyError) -> [UInt8] {
        let bytes = try bytes()
        if case .file = self, bytes.count == 32 { return bytes }
        let text = String(decoding: Self.withoutLineEnd(bytes), as: UTF8.self)
        guard text.utf8.count == 64, let key = Hexadecimal.decode(text) else {
            throw .secret("\(self)", "does not hold 64 hexadecimal digits, or 32 bytes in a file")
        }
        return key
    }

    private static func withoutLineEnd(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        if bytes.last == 0x0a { bytes.removeLast() }
        if bytes.last == 0x0d { bytes.removeLast() }
        return bytes
    }

    private static func contents(of path: String) throws(HardwareKeyError) -> [UInt8] {
        let place = "file:\(path)"
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            throw .secret(place, "cannot be read: \(String(cString: strerror(errno)))")
        }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw .secret(place, "is no file")
        }
        // A group may read: that is how orchestrators hand secrets to a process of another user.
        guard status.st_mode & 0o027 == 0 else {
            throw .secret(place, "can be read by anyone, or written by others: chmod 600 it")
        }
        var bytes = [UInt8](repeating: 0, count: 65_537)
        var count = 0
        while count < bytes.count {
            let room = bytes.count - count
            let got = bytes.withUnsafeMutableBytes {
                read(file, $0.baseAddress.map { $0 + count }, room)
            }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else {
                throw .secret(place, "cannot be read: \(String(cString: strerror(errno)))")
            }
            if got == 0 { break }
            count += got
        }
        guard count < bytes.count else { throw .secret(place, "has more than 64 KiB") }
        return Array(bytes[..<count])
    }
}
