internal import Cryptography

/// What ties a note's parts together, see ``SealedNote``.
extension SealedNote {
    static func digest(of recipients: [NoteRecipient]) -> SHA256Digest {
        var writer = ByteWriter()
        writer.add("holdfast.sealed-note.recipients.v1".utf8)
        writer.add(UInt16(recipients.count))
        for recipient in recipients { recipient.write(to: &writer) }
        return SHA256.hash(writer.bytes)
    }

    static func contentData(head: [UInt8], recipients: SHA256Digest) -> [UInt8] {
        Array("holdfast.sealed-note.content.v1".utf8) + head + recipients.bytes
    }

    static func commitment(to key: [UInt8]) -> SHA256Digest {
        SHA256.hash(Array("holdfast.sealed-note.commitment.v1".utf8) + key)
    }

    /// What every recipient's sealed key is bound to.
    var transcript: SHA256Digest {
        var writer = ByteWriter()
        writer.add("holdfast.sealed-note.transcript.v1".utf8)
        writer.add(head)
        writer.add(Self.digest(of: recipients).bytes)
        writer.add(commitment.bytes)
        writer.add(nonce)
        writer.add(SHA256.hash(sealedContent).bytes)
        return SHA256.hash(writer.bytes)
    }

    static func info(transcript: SHA256Digest, _ recipient: NoteRecipient) -> [UInt8] {
        var writer = ByteWriter()
        writer.add("holdfast.sealed-note.key.v1".utf8)
        writer.add(transcript.bytes)
        recipient.write(to: &writer)
        return writer.bytes
    }
}
