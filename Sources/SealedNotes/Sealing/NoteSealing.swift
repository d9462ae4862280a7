internal import Crypto
internal import Cryptography
internal import Foundation

/// What a device does: seals notes for others and opens those for itself. Servers have no use for it.
///
/// The content's key is sealed in HPKE's auth mode: it proves to each recipient which device sealed it, without a
/// signature that could be shown to anybody else. Two things it does not do (RFC 9180, section 9.1.1): who has a
/// recipient's private key can forge notes *to that recipient*; and there is no forward secrecy against who learns a
/// recipient's private key later.
public struct NoteSealing: Sendable {
    /// Whose device this is.
    public let party: Party
    /// This device.
    public let device: DeviceID
    let keys: [DevicePrivateKey]

    /// A device with its keys: one, or one of each curve. Who has both can write to every device.
    public init(
        party: Party, device: DeviceID, keys: [DevicePrivateKey]
    ) throws(SealedNoteError) {
        guard !keys.isEmpty, Set(keys.map(\.publicKey.suite.curve)).count == keys.count else {
            throw .key("a device has one key, or one of each curve")
        }
        self.party = party
        self.device = device
        self.keys = keys
    }

    /// What the directory is told.
    public var publicKeys: [DeviceKey] {
        keys.map { DeviceKey(device: device, key: $0.publicKey) }
    }

    /// Seals content about a subject for all devices of some people. The sender's own devices, this one too, should be
    /// among them: nothing else of it is kept that could be opened.
    ///
    /// - Throws: ``SealedNoteError`` if the content is too long, someone has no device, or a device has no key of a
    ///   curve that this device has one of.
    public func seal(
        _ content: NoteContent, about subject: NoteSubject, for lists: [KeyList]
    ) throws(SealedNoteError) -> SealedNote {
        let padded = try content.padded()
        let addressed = try addressed(lists)
        let id = randomBytes(SealedNote.idBytes)
        let head = SealedNote.head(id: id, subject: subject, sender: party, device: device)
        let digest = SealedNote.digest(of: addressed.map(\.recipient))
        let key = randomBytes(32)
        let nonce = randomBytes(SealedNote.nonceBytes)
        var note = SealedNote(
            id: id, subject: subject, sender: party, senderDevice: device,
            recipients: addressed.map(\.recipient), commitment: SealedNote.commitment(to: key),
            nonce: nonce,
            sealedContent: Self.encrypt(
                padded, under: key, nonce: nonce,
                authenticating: SealedNote.contentData(head: head, recipients: digest)))
        let transcript = note.transcript
        for (index, one) in addressed.enumerated() {
            let info = SealedNote.info(transcript: transcript, one.recipient)
            guard let sealed = one.own.seal(key, to: one.key, info: info) else {
                throw .key("nothing can be sealed to \(one.recipient.device)")
            }
            note.recipients[index].encapsulated = sealed.encapsulated
            note.recipients[index].sealedKey = sealed.sealed
        }
        return note
    }

    private struct Addressed {
        let recipient: NoteRecipient
        let key: DevicePublicKey
        let own: DevicePrivateKey
    }

    /// One key of every device, and ours of the same curve.
    private func addressed(_ lists: [KeyList]) throws(SealedNoteError) -> [Addressed] {
        guard Set(lists.map(\.party)).count == lists.count else {
            throw .recipients("someone is there twice")
        }
        var all: [Addressed] = []
        for list in lists {
            guard !list.keys.isEmpty else { throw .recipients("\(list.party) has no device") }
            for device in list.devices {
                // Keys are in the order of their curves: X25519 goes before P-256.
                let pairs = list.keys.filter { $0.device == device }.compactMap { theirs in
                    own(theirs.key.suite.curve).map { (theirs.key, $0) }
                }
                guard let (key, own) = pairs.first else { throw .noKeyInCommon(device) }
                let recipient = NoteRecipient(
                    party: list.party, device: device, suite: key.suite, key: key.id,
                    senderKey: own.publicKey.id)
                all.append(Addressed(recipient: recipient, key: key, own: own))
            }
        }
        guard (1...SealedNote.maximumRecipients).contains(all.count) else {
            throw .recipients("a note is for 1 to \(SealedNote.maximumRecipients) devices")
        }
        return all.sorted { $0.recipient.precedes($1.recipient) }
    }

    private func own(_ curve: SealingSuite.Curve) -> DevicePrivateKey? {
        keys.first { $0.publicKey.suite.curve == curve }
    }

    private static func encrypt(
        _ plain: [UInt8], under key: [UInt8], nonce: [UInt8], authenticating data: [UInt8]
    ) -> [UInt8] {
        guard let nonce = try? AES.GCM.Nonce(data: nonce),
            let box = try? AES.GCM.seal(
                plain, using: SymmetricKey(data: key), nonce: nonce, authenticating: data)
        else { preconditionFailure("AES-GCM cannot fail with a key and a nonce of its own sizes") }
        return [UInt8](box.ciphertext) + [UInt8](box.tag)
    }
}
