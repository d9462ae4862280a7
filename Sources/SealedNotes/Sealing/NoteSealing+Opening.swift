internal import Crypto
internal import Cryptography
internal import Foundation

extension NoteSealing {
    /// Opens a note that was sealed for this device.
    ///
    /// - Parameters:
    ///   - subject: where the note was found; it opens as a note about nothing else.
    ///   - sender: the keys that this device knows as those of who is said to have sent it, at the time of the note.
    ///     Whoever shows a note must know them from before, or show that they are new: see
    ///     ``KeyList/changes(since:)``.
    /// - Throws: ``SealedNoteError``: nothing of a note that is not wholly right is given out.
    public func open(
        _ note: SealedNote, about subject: NoteSubject, from sender: KeyList
    ) throws(SealedNoteError) -> NoteContent {
        guard note.subject == subject else { throw .stray("it is about \(note.subject)") }
        guard note.sender == sender.party else {
            throw .stray("it says that it is from another person")
        }
        guard
            let recipient = note.recipients.first(where: {
                $0.party == party && $0.device == device
            }),
            let own = keys.first(where: {
                $0.publicKey.id == recipient.key && $0.publicKey.suite == recipient.suite
            })
        else { throw .notForThisDevice }
        guard let senderKey = sender.key(recipient.senderKey, of: note.senderDevice) else {
            throw .stray("the sender's device has no such key")
        }
        let info = SealedNote.info(transcript: note.transcript, recipient)
        guard
            let key = own.open(
                recipient.sealedKey, encapsulated: recipient.encapsulated, from: senderKey,
                info: info),
            key.count == 32, SealedNote.commitment(to: key) == note.commitment,
            let padded = Self.decrypt(note, under: key)
        else { throw .notAuthentic }
        return try NoteContent(padded: padded)
    }

    private static func decrypt(_ note: SealedNote, under key: [UInt8]) -> [UInt8]? {
        let data = SealedNote.contentData(
            head: note.head, recipients: SealedNote.digest(of: note.recipients))
        guard let box = try? AES.GCM.SealedBox(combined: note.nonce + note.sealedContent),
            let plain = try? AES.GCM.open(
                box, using: SymmetricKey(data: key), authenticating: data)
        else { return nil }
        return [UInt8](plain)
    }
}
