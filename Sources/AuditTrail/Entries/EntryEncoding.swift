internal import Cryptography

/// Fields one after another, in an encoding that can be taken apart in one way only.
struct ByteFields {
    private(set) var bytes: [UInt8] = []

    /// Bytes of a length that the field's place fixes.
    mutating func append(_ fixed: [UInt8]) { bytes.append(contentsOf: fixed) }

    /// A number, big-endian.
    mutating func append(_ number: some FixedWidthInteger) {
        withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
    }

    /// UTF-8 behind its length in four bytes.
    mutating func append(text: String) {
        append(UInt32(text.utf8.count))
        bytes.append(contentsOf: text.utf8)
    }

    /// Puts another number in the place of one.
    mutating func replace(at offset: Int, by number: some FixedWidthInteger) {
        withUnsafeBytes(of: number.bigEndian) {
            bytes.replaceSubrange(offset..<offset + $0.count, with: $0)
        }
    }
}

/// The bytes of an entry that its hash covers, as ``AuditEntry/computedHash`` lays them down.
struct EntryEncoding {
    private static let label = "holdfast.audit.entry.v1"
    private static let indexOffset = 4 + label.utf8.count + 32

    private var fields = ByteFields()

    init(
        index: Int64, recordedAtMicros: Int64, record: AuditRecord, previousHash: SHA256Digest
    ) {
        fields.append(text: Self.label)
        fields.append(previousHash.bytes)
        fields.append(index)
        fields.append(recordedAtMicros)
        fields.append(text: record.actor)
        fields.append(text: record.act.rawValue)
        fields.append(text: record.subject)
        fields.append(record.outcome.rawValue)
        fields.append(UInt32(record.details.count))
        for detail in record.details {
            fields.append(text: detail.name)
            fields.append(text: detail.text)
        }
    }

    init(_ entry: AuditEntry) {
        self.init(
            index: entry.index, recordedAtMicros: entry.recordedAtMicros, record: entry.record,
            previousHash: entry.previousHash)
    }

    var bytes: [UInt8] { fields.bytes }

    var hash: SHA256Digest { SHA256.hash(fields.bytes) }

    /// The hash that the entry would have in another place.
    mutating func hash(at index: Int64) -> SHA256Digest {
        fields.replace(at: Self.indexOffset, by: index)
        return hash
    }
}
