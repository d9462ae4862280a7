/// What is sealed: a note, or something attached to one.
///
/// Its form, before it is sealed:
///
/// | bytes | what |
/// |---|---|
/// | 1 | 1 a text, 2 an attachment |
/// | 1 + n | length and media type; of a text n is 0 |
/// | 4 | length of the data, most significant byte first |
/// | n | the data; of a text UTF-8 |
/// | to the step | zeros, up to 256, 512, 1024, 2048 or 4096 bytes in all, above that to the next eighth of a power of two |
public enum NoteContent: Sendable, Equatable {
    /// A note of at most ``maximumTextBytes`` of UTF-8.
    case text(String)
    /// A file of at most ``maximumAttachmentBytes``.
    case attachment(MediaType, [UInt8])

    /// 8 KiB.
    public static let maximumTextBytes = 8 * 1_024
    /// 1 MiB.
    public static let maximumAttachmentBytes = 1_024 * 1_024

    static let maximumPadded = Padding.step(of: 1 + 1 + 127 + 4 + maximumAttachmentBytes)

    /// As it is sealed.
    func padded() throws(SealedNoteError) -> [UInt8] {
        var writer = ByteWriter()
        let data: [UInt8]
        switch self {
        case .text(let text):
            data = Array(text.utf8)
            guard data.count <= Self.maximumTextBytes else {
                throw .content("a note has at most \(Self.maximumTextBytes) bytes")
            }
            writer.add(byte: 1)
            writer.add(byte: 0)
        case .attachment(let type, let bytes):
            data = bytes
            guard data.count <= Self.maximumAttachmentBytes else {
                throw .content("an attachment has at most \(Self.maximumAttachmentBytes) bytes")
            }
            writer.add(byte: 2)
            writer.add(short: type.description.utf8)
        }
        writer.add(UInt32(data.count))
        writer.add(data)
        let count = writer.bytes.count
        writer.add(repeatElement(0, count: Padding.step(of: count) - count))
        return writer.bytes
    }

    /// From what was sealed; every content has one form.
    init(padded: [UInt8]) throws(SealedNoteError) {
        var reader = ByteReader(padded)
        let kind = try reader.byte("the kind of the content")
        let type = try reader.short("the media type")
        let count = Int(try reader.number32("the length of the content"))
        let data = try reader.take(count, "the content")
        guard Padding.step(of: padded.count - reader.remaining) == padded.count,
            try reader.take(reader.remaining, "the padding").allSatisfy({ $0 == 0 })
        else { throw .malformed("its content is not filled up with zeros to the next step") }
        switch kind {
        case 1:
            guard type.isEmpty, count <= Self.maximumTextBytes,
                let text = String(validating: data, as: UTF8.self)
            else { throw .malformed("its text is too long, or not UTF-8") }
            self = .text(text)
        case 2:
            guard count <= Self.maximumAttachmentBytes,
                let media = MediaType(String(decoding: type, as: UTF8.self)),
                Array(media.description.utf8) == type
            else { throw .malformed("its attachment is too long, or of no media type") }
            self = .attachment(media, data)
        default: throw .malformed("its content is of no kind there is")
        }
    }
}
