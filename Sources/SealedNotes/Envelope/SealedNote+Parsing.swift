internal import Cryptography

extension SealedNote {
    /// A note from its ``bytes``: a server reads what clients send, a client what servers send. Only one sequence of
    /// bytes stands for a note.
    ///
    /// - Throws: ``SealedNoteError`` for anything that is not in the form of ``SealedNote``. Whether it opens is not
    ///   known.
    public init(_ bytes: [UInt8]) throws(SealedNoteError) {
        guard bytes.count <= Self.maximumBytes else {
            throw .malformed("it has more than \(Self.maximumBytes) bytes")
        }
        var reader = ByteReader(bytes)
        guard try reader.take(4, "the first four bytes") == Self.magic else {
            throw .malformed("it does not begin with HFSN")
        }
        let version = try reader.byte("the version")
        guard version == Self.version else { throw .malformed("its version is \(version), not 1") }
        id = try reader.take(Self.idBytes, "the identifier")
        subject = try Self.subject(&reader)
        sender = try Party(bytes: try reader.short("the sender"))
        senderDevice = try Self.device(&reader)
        recipients = try Self.recipients(&reader)
        commitment = try Self.digest(&reader, "the commitment")
        nonce = try reader.take(Self.nonceBytes, "the nonce")
        let count = Int(try reader.number32("the length of the content"))
        let padded = count - Self.tagBytes
        guard padded >= Padding.smallest, padded <= NoteContent.maximumPadded,
            Padding.step(of: padded) == padded
        else { throw .malformed("its content has no length that padding gives") }
        sealedContent = try reader.take(count, "the content")
        try reader.end()
    }

    private static func subject(
        _ reader: inout ByteReader
    ) throws(SealedNoteError) -> NoteSubject {
        guard let kind = NoteSubject.Kind(rawValue: try reader.byte("the subject's kind")),
            let subject = NoteSubject(kind, id: try reader.short("the subject"))
        else {
            throw .malformed("its subject is of no kind, or its identifier not of 1 to 64 bytes")
        }
        return subject
    }

    private static func device(_ reader: inout ByteReader) throws(SealedNoteError) -> DeviceID {
        guard let device = DeviceID(bytes: try reader.take(DeviceID.count, "a device")) else {
            throw .malformed("a device has 16 bytes")
        }
        return device
    }

    private static func digest(
        _ reader: inout ByteReader, _ what: String
    ) throws(SealedNoteError) -> SHA256Digest {
        guard let digest = SHA256Digest(bytes: try reader.take(32, what)) else {
            throw .malformed("\(what) has 32 bytes")
        }
        return digest
    }

    private static func recipients(
        _ reader: inout ByteReader
    ) throws(SealedNoteError) -> [NoteRecipient] {
        let count = Int(try reader.number16("the number of recipients"))
        guard (1...maximumRecipients).contains(count) else {
            throw .malformed("it has \(count) recipients, not 1 to \(maximumRecipients)")
        }
        var recipients: [NoteRecipient] = []
        for _ in 0..<count {
            let recipient = try recipient(&reader)
            guard recipients.last?.precedes(recipient) != false else {
                throw .malformed("its recipients are not ascending, or one is there twice")
            }
            recipients.append(recipient)
        }
        return recipients
    }

    private static func recipient(
        _ reader: inout ByteReader
    ) throws(SealedNoteError) -> NoteRecipient {
        let party = try Party(bytes: try reader.short("a recipient"))
        let device = try device(&reader)
        guard let suite = SealingSuite(rawValue: try reader.byte("a suite")) else {
            throw .malformed("a recipient's suite is not one of those there are")
        }
        var recipient = NoteRecipient(
            party: party, device: device, suite: suite,
            key: DeviceKeyID(try digest(&reader, "a key's identifier")),
            senderKey: DeviceKeyID(try digest(&reader, "a key's identifier")))
        recipient.encapsulated = try reader.take(suite.publicKeyBytes, "an encapsulated key")
        recipient.sealedKey = try reader.take(NoteRecipient.sealedKeyBytes, "a sealed key")
        return recipient
    }
}
