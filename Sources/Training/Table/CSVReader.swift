internal import Cryptography
internal import Glibc

/// Reads a file of comma-separated values (RFC 4180) record by record, in bounded memory. Lines end
/// in LF or CRLF; the last one need not. A byte order mark is skipped.
struct CSVReader: ~Copyable {
    let path: String
    /// Line on which the current record begins, from 1.
    private(set) var line = 0

    private let descriptor: Int32
    private var chunk: [UInt8]
    private var position = 0
    private var filled = 0
    private var nextLine = 1
    private var bytesRead = 0
    private let length: Int
    private var sha = SHA256()
    /// The fields of the current record, one after another without quotes.
    private var content: [UInt8] = []
    private var ends: [Int] = []

    /// No record is longer, in bytes.
    static let maximumRecordLength = 1 << 20
    private static let byteOrderMark: [UInt8] = [0xef, 0xbb, 0xbf]
    private static let chunkLength = 1 << 18
    private static let (comma, quote, newline, carriageReturn) = (
        UInt8(ascii: ","), UInt8(ascii: "\""), UInt8(ascii: "\n"), UInt8(ascii: "\r")
    )

    /// Opens a file; the first record is read by ``next()``.
    init(path: String) throws(TableError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw TableError(
                path: path, reason: "cannot be read: \(String(cString: strerror(errno)))")
        }
        var status = stat()
        length = fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
        chunk = [UInt8](repeating: 0, count: Self.chunkLength)
        self.descriptor = descriptor
        self.path = path
    }

    deinit { close(descriptor) }

    var fieldCount: Int { ends.count }

    /// How much of the file has been read, 0 … 1.
    var fractionRead: Double { length > 0 ? min(1, Double(bytesRead) / Double(length)) : 1 }

    /// SHA-256 of all that was read: of the whole file once ``next()`` gave false.
    mutating func takeHash() -> SHA256Digest {
        var finished = SHA256()
        swap(&finished, &sha)
        return finished.finalize()
    }

    /// The bytes of one field of the current record.
    func field(_ index: Int) -> ArraySlice<UInt8> {
        content[(index == 0 ? 0 : ends[index - 1])..<ends[index]]
    }

    /// One field as text; bytes that are not UTF-8 are refused.
    func text(_ index: Int) throws(TableError) -> String {
        guard let text = String(validating: field(index), as: UTF8.self) else {
            throw error("field \(index + 1) is not UTF-8")
        }
        return text
    }

    func error(_ reason: String) -> TableError {
        TableError(path: path, line: line, reason: reason)
    }

    private mutating func fill() throws(TableError) {
        position = 0
        while true {
            filled = chunk.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            if filled >= 0 {
                bytesRead += filled
                chunk.withUnsafeBytes {
                    sha.update(UnsafeRawBufferPointer(rebasing: $0[..<filled]))
                }
                return
            }
            guard errno == EINTR else {
                filled = 0
                throw TableError(
                    path: path, reason: "cannot be read: \(String(cString: strerror(errno)))")
            }
        }
    }

    private mutating func peek() throws(TableError) -> UInt8? {
        if position == filled {
            try fill()
            if filled == 0 { return nil }
        }
        return chunk[position]
    }

    /// Reads the next record; false at the end of the file.
    mutating func next() throws(TableError) -> Bool {
        guard try peek() != nil else { return false }
        if line == 0 && chunk[..<filled].starts(with: Self.byteOrderMark) {
            position = Self.byteOrderMark.count
        }
        line = nextLine
        content.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
        while true {
            let isLast = try readField()
            ends.append(content.count)
            if isLast { return true }
        }
    }

    /// Appends one field to `content`; true if the record ends with it.
    private mutating func readField() throws(TableError) -> Bool {
        if try peek() == Self.quote {
            position += 1
            try readQuoted()
        } else {
            while let byte = try peek(), byte != Self.comma, byte != Self.newline,
                byte != Self.carriageReturn
            {
                guard byte != Self.quote else {
                    throw error("a quote inside field \(ends.count + 1), which is not quoted")
                }
                try append(byte)
                position += 1
            }
        }
        guard let byte = try peek() else { return true }
        position += 1
        if byte == Self.comma { return false }
        if byte == Self.carriageReturn {
            guard try peek() == Self.newline else { throw error("a bare carriage return") }
            position += 1
        } else if byte != Self.newline {
            throw error("text after the closing quote of field \(ends.count + 1)")
        }
        nextLine += 1
        return true
    }

    private mutating func readQuoted() throws(TableError) {
        while true {
            guard let byte = try peek() else { throw error("a quote is not closed") }
            position += 1
            if byte == Self.quote {
                guard try peek() == Self.quote else { return }
                position += 1
            } else if byte == Self.newline {
                nextLine += 1
            }
            try append(byte)
        }
    }

    private mutating func append(_ byte: UInt8) throws(TableError) {
        guard content.count < Self.maximumRecordLength else {
            throw error("longer than \(Self.maximumRecordLength) bytes")
        }
        content.append(byte)
    }
}
