extension SealedNote {
    /// What a server checks before it keeps a note: that it is about the subject, from a device of the sender, and for
    /// exactly the devices that the sender and the others have. It cannot know whether they can open it.
    ///
    /// - Parameters:
    ///   - from: the keys of who sent the note, as whom the server has authenticated them.
    ///   - to: the keys of all others that the subject concerns.
    /// - Throws: ``SealedNoteError``; ``SealedNoteError/isAboutRecipients`` says that the sender's view of the keys is
    ///   old.
    public func check(
        about subject: NoteSubject, from sender: KeyList, to others: [KeyList]
    ) throws(SealedNoteError) {
        guard self.subject == subject else { throw .stray("it is about \(self.subject)") }
        guard self.sender == sender.party else {
            throw .stray("it says that it is from another person")
        }
        var lists = [sender.party: sender]
        for list in others where list.party != sender.party { lists[list.party] = list }
        for recipient in recipients {
            guard let list = lists[recipient.party] else {
                throw .recipients("\(recipient.party) has no part in this")
            }
            guard let key = list.key(recipient.key, of: recipient.device),
                key.suite == recipient.suite
            else {
                throw .recipients("\(recipient.device) of \(recipient.party) has no such key now")
            }
            guard let own = sender.key(recipient.senderKey, of: senderDevice),
                own.suite.curve == key.suite.curve
            else { throw .recipients("the sending device has no such key now") }
        }
        for list in lists.values {
            for device in list.devices
            where !recipients.contains(where: { $0.party == list.party && $0.device == device }) {
                throw .recipients("\(device) of \(list.party) is missing")
            }
        }
    }
}
