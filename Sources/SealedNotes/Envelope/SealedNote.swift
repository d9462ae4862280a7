internal import Cryptography

/// A note or an attachment as servers see it: for whom and from whom it is, but not what it is. It cannot be opened
/// without the private key of one of its recipients.
///
/// Numbers have their most significant byte first. There is nothing between the fields and nothing after the last.
///
/// | bytes | what |
/// |---|---|
/// | 4 | `HFSN` |
/// | 1 | version: 1 |
/// | 16 | the note's identifier, random |
/// | 1 | the subject's kind: 1 a transfer, 2 a request |
/// | 1 + n | length, 1 to 64, and the subject's identifier |
/// | 1 + n | length, 1 to 64, and the sender's identifier, UTF-8 |
/// | 16 | the sending device |
/// | 2 | number of recipients, 1 to 64 |
/// | … | the recipients, ascending by the bytes of person and device, no device twice |
/// | 32 | commitment to the content's key: SHA-256 of `holdfast.sealed-note.commitment.v1` and the key |
/// | 12 | nonce |
/// | 4 | length of the sealed content: a step of its padding and 16 |
/// | n | ``NoteContent``, sealed by AES-256-GCM, and its tag |
///
/// A recipient:
///
/// | bytes | what |
/// |---|---|
/// | 1 + n | length, 1 to 64, and the person's identifier, UTF-8 |
/// | 16 | the device |
/// | 1 | the suite of its key |
/// | 32 | the identifier of its key |
/// | 32 | the identifier of the sending device's key |
/// | 32 or 65 | HPKE's encapsulated key |
/// | 48 | the content's key, sealed by HPKE, and its tag |
///
/// Of these bytes are made:
/// * *head*: all from `HFSN` to the sending device.
/// * *recipients*: SHA-256 of `holdfast.sealed-note.recipients.v1`, their number (2 bytes), and of each all but its
///   last two fields.
/// * The content is sealed with `holdfast.sealed-note.content.v1`, head and recipients as additional data.
/// * *transcript*: SHA-256 of `holdfast.sealed-note.transcript.v1`, head, recipients, commitment, nonce and SHA-256 of
///   the sealed content.
/// * The content's key is sealed to each recipient by HPKE in auth mode (RFC 9180, section 5.1.3) without additional
///   data; `info` is `holdfast.sealed-note.key.v1`, the transcript, and all but the last two fields of this recipient.
///
/// So every recipient knows that the sending device sealed exactly this content for exactly these devices about this
/// subject: another recipient, who knows the content's key, cannot put other content in its place.
public struct SealedNote: Sendable, Equatable {
    /// What an identifier of a note has.
    static let idBytes = 16
    static let nonceBytes = 12
    static let tagBytes = 16
    static let magic = Array("HFSN".utf8)
    static let version: UInt8 = 1

    /// Devices that a note can be for.
    public static let maximumRecipients = 64
    /// What the longest note has.
    public static let maximumBytes =
        4 + 1 + idBytes + 1 + 65 + 65 + 16 + 2
        + maximumRecipients * (65 + 16 + 1 + 32 + 32 + 65 + NoteRecipient.sealedKeyBytes)
        + 32 + nonceBytes + 4 + NoteContent.maximumPadded + tagBytes

    /// The note's own identifier: who gets one twice knows it. 16 bytes.
    public let id: [UInt8]
    /// What it is about.
    public let subject: NoteSubject
    /// Who sealed it.
    public let sender: Party
    /// With which device.
    public let senderDevice: DeviceID
    /// For which devices.
    public internal(set) var recipients: [NoteRecipient]
    /// Commits to the content's key: no two keys open one note.
    let commitment: SHA256Digest
    let nonce: [UInt8]
    let sealedContent: [UInt8]

    /// All its bytes.
    public var bytes: [UInt8] {
        var writer = ByteWriter()
        writer.add(head)
        writer.add(UInt16(recipients.count))
        for recipient in recipients {
            recipient.write(to: &writer)
            writer.add(recipient.encapsulated)
            writer.add(recipient.sealedKey)
        }
        writer.add(commitment.bytes)
        writer.add(nonce)
        writer.add(UInt32(sealedContent.count))
        writer.add(sealedContent)
        return writer.bytes
    }

    /// All up to the sending device.
    var head: [UInt8] {
        Self.head(id: id, subject: subject, sender: sender, device: senderDevice)
    }

    static func head(
        id: [UInt8], subject: NoteSubject, sender: Party, device: DeviceID
    ) -> [UInt8] {
        var writer = ByteWriter()
        writer.add(magic)
        writer.add(byte: version)
        writer.add(id)
        writer.add(byte: subject.kind.rawValue)
        writer.add(short: subject.id)
        writer.add(short: sender.bytes)
        writer.add(device.bytes)
        return writer.bytes
    }
}
