internal import Cryptography
internal import EventLog

/// What stands before a snapshot's pages. All integers are little-endian.
///
/// Layout of the file: magic, version, length of the header, header; then chunks, each a region's number, a count, as
/// many page numbers and as many pages; then `endMark` and the SHA-256 of everything before it.
struct SnapshotHeader: Equatable {
    static let magic: [UInt8] = Array("HOLDFSNP".utf8)
    static let version: UInt32 = 4
    static let endMark: UInt32 = .max
    /// No chunk has more pages.
    static let maximumChunkPages = 4096
    /// No header is longer: it holds a few numbers and the free lists.
    static let maximumLength = 1 << 30

    var build: String
    var catalogueHash: [UInt8]
    var logID: String
    var sequence: Int64
    var runningHash: SHA256Digest
    var epoch: UInt32
    var words: [UInt64]

    func encoded() -> [UInt8] {
        var body: [UInt8] = []
        for text in [Array(build.utf8), catalogueHash, Array(logID.utf8), runningHash.bytes] {
            body.append(integer: UInt32(text.count))
            body += text
        }
        body.append(integer: sequence)
        body.append(integer: epoch)
        body.append(integer: UInt32(words.count))
        for word in words { body.append(integer: word) }
        var bytes = Self.magic
        bytes.append(integer: Self.version)
        bytes.append(integer: UInt32(body.count))
        return bytes + body
    }

    /// Reads what follows magic, version and length; nil if it is malformed.
    init?(body: [UInt8]) {
        var reader = ByteReader(body)
        guard let build = reader.text(), let catalogue = reader.text(), let log = reader.text(),
            let digest = reader.text().flatMap({ SHA256Digest(bytes: $0) }),
            let sequence: Int64 = reader.integer(), let epoch: UInt32 = reader.integer(),
            let count: UInt32 = reader.integer(), reader.remaining == Int(count) * 8, sequence >= 0
        else { return nil }
        self.build = String(decoding: build, as: UTF8.self)
        catalogueHash = catalogue
        logID = String(decoding: log, as: UTF8.self)
        runningHash = digest
        self.sequence = sequence
        self.epoch = epoch
        words = []
        words.reserveCapacity(Int(count))
        for _ in 0..<count {
            guard let word: UInt64 = reader.integer() else { return nil }
            words.append(word)
        }
    }

    init(
        build: String, catalogueHash: [UInt8], logID: String, sequence: Int64,
        runningHash: SHA256Digest, epoch: UInt32, words: [UInt64]
    ) {
        self.build = build
        self.catalogueHash = catalogueHash
        self.logID = logID
        self.sequence = sequence
        self.runningHash = runningHash
        self.epoch = epoch
        self.words = words
    }
}

/// Reads little-endian integers and length-prefixed bytes.
struct ByteReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var remaining: Int { bytes.count - position }

    mutating func integer<Value: FixedWidthInteger>() -> Value? {
        let size = Value.bitWidth / 8
        guard remaining >= size else { return nil }
        defer { position += size }
        return bytes.withUnsafeBytes {
            Value(littleEndian: $0.loadUnaligned(fromByteOffset: position, as: Value.self))
        }
    }

    mutating func text() -> [UInt8]? {
        guard let count: UInt32 = integer(), remaining >= Int(count) else { return nil }
        defer { position += Int(count) }
        return Array(bytes[position..<position + Int(count)])
    }
}

extension [UInt8] {
    mutating func append(integer value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }
}
