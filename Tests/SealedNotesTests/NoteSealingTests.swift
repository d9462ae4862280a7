import Foundation
import SplitMix
import TestSeed
import Testing

@testable import SealedNotes

/// Sealing and opening.
@Suite struct NoteSealingTests {
    private let text = NoteContent.text("For the boat 🚣, see you on Sunday")

    @Test func `every recipient opens what another sealed`() throws {
        let ana = try TestPerson("ana", TestPerson.everyDevice)
        let ben = try TestPerson("ben", TestPerson.everyDevice)
        let note = try ana.devices[0].seal(
            text, about: TestPerson.payment, for: [ana.list, ben.list])
        let received = try SealedNote(note.bytes)
        #expect(received == note)
        #expect(received.recipients.count == 6)
        try received.check(about: TestPerson.payment, from: ana.list, to: [ben.list])
        for device in ana.devices + ben.devices {
            #expect(
                try device.open(received, about: TestPerson.payment, from: ana.list) == text)
        }
        let again = try ana.devices[0].seal(
            text, about: TestPerson.payment, for: [ana.list, ben.list])
        #expect(again.id != note.id && again.sealedContent != note.sealedContent)
    }

    @Test func `nothing of the content or its exact length is in the envelope`() throws {
        let ana = try TestPerson("ana", [[.x25519AES256GCM]])
        let notes = try ["a", String(repeating: "secret", count: 40)].map {
            try ana.devices[0].seal(.text($0), about: TestPerson.payment, for: [ana.list]).bytes
        }
        #expect(notes[0].count == notes[1].count)
        #expect(Data(notes[1]).range(of: Data("secret".utf8)) == nil)
    }

    @Test func `a device writes only to devices that have a key of its curve`() throws {
        let ana = try TestPerson("ana", [[.x25519AES256GCM]])
        let ben = try TestPerson("ben", [[.p256AES256GCM]])
        let nobody = try TestPerson("cyn", [])
        #expect(
            refuses("has no key of a curve") {
                _ = try ana.devices[0].seal(text, about: TestPerson.payment, for: [ben.list])
            })
        #expect(
            refuses("cyn has no device") {
                _ = try ana.devices[0].seal(text, about: TestPerson.payment, for: [nobody.list])
            })
        #expect(
            refuses("there twice") {
                _ = try ana.devices[0].seal(
                    text, about: TestPerson.payment, for: [ana.list, ana.list])
            })
        #expect(
            refuses("1 to 64") {
                _ = try ana.devices[0].seal(text, about: TestPerson.payment, for: [])
            })
    }

    @Test func `a note opens nowhere else and for nobody else`() throws {
        let ana = try TestPerson("ana", [[.x25519AES256GCM]])
        let ben = try TestPerson("ben", [[.x25519AES256GCM]])
        let eve = try TestPerson("eve", [[.x25519AES256GCM]])
        let note = try ana.devices[0].seal(
            text, about: TestPerson.payment, for: [ana.list, ben.list])
        for subject in [TestPerson.otherPayment, TestPerson.request] {
            #expect(
                refuses("does not belong here") {
                    _ = try ben.devices[0].open(note, about: subject, from: ana.list)
                })
        }
        #expect(
            refuses("not sealed for this device") {
                _ = try eve.devices[0].open(note, about: TestPerson.payment, from: ana.list)
            })
        #expect(
            refuses("from another person") {
                _ = try ben.devices[0].open(note, about: TestPerson.payment, from: eve.list)
            })
    }

    /// A recipient knows the content's key: they must not be able to speak as the sender to others.
    @Test func `a recipient cannot put other content in a note's place`() throws {
        let ana = try TestPerson("ana", [[.x25519AES256GCM]])
        let ben = try TestPerson("ben", [[.x25519AES256GCM], [.x25519AES256GCM]])
        let note = try ana.devices[0].seal(text, about: TestPerson.payment, for: [ben.list])
        let forged = try ben.devices[0].seal(
            .text("no"), about: TestPerson.payment, for: [ben.list])
        // Everything of the forger's but what names and authenticates the sender.
        var recipients = note.recipients
        let mixed = SealedNote(
            id: note.id, subject: note.subject, sender: note.sender,
            senderDevice: note.senderDevice, recipients: recipients,
            commitment: forged.commitment, nonce: forged.nonce,
            sealedContent: forged.sealedContent)
        for device in ben.devices {
            #expect(
                refuses("was altered") {
                    _ = try device.open(mixed, about: TestPerson.payment, from: ana.list)
                })
        }
        // The forger's own sealed keys, said to be the sender's.
        for index in recipients.indices {
            recipients[index].encapsulated = forged.recipients[index].encapsulated
            recipients[index].sealedKey = forged.recipients[index].sealedKey
        }
        let claimed = SealedNote(
            id: forged.id, subject: note.subject, sender: note.sender,
            senderDevice: note.senderDevice, recipients: recipients,
            commitment: forged.commitment, nonce: forged.nonce,
            sealedContent: forged.sealedContent)
        for device in ben.devices {
            #expect(
                refuses("was altered") {
                    _ = try device.open(claimed, about: TestPerson.payment, from: ana.list)
                })
        }
    }

    /// The same with the key known and the transcript made anew: only the sender's private key is missing.
    @Test func `without the sender's key nothing is sealed in their name`() throws {
        let ana = try TestPerson("ana", [[.p256AES256GCM]])
        let ben = try TestPerson("ben", [[.p256AES256GCM]])
        let eve = try NoteSealing(
            party: ana.party, device: ana.devices[0].device,
            keys: [DevicePrivateKey(suite: .p256AES256GCM)])
        let note = try eve.seal(text, about: TestPerson.payment, for: [ben.list])
        #expect(
            refuses("no such key") {
                _ = try ben.devices[0].open(note, about: TestPerson.payment, from: ana.list)
            })
        var recipients: [NoteRecipient] = []
        for one in note.recipients {
            var renamed = NoteRecipient(
                party: one.party, device: one.device, suite: one.suite, key: one.key,
                senderKey: ana.devices[0].publicKeys[0].key.id)
            renamed.encapsulated = one.encapsulated
            renamed.sealedKey = one.sealedKey
            recipients.append(renamed)
        }
        var renamed = note
        renamed.recipients = recipients
        #expect(
            refuses("was altered") {
                _ = try ben.devices[0].open(renamed, about: TestPerson.payment, from: ana.list)
            })
    }

    /// AES-GCM alone lets one ciphertext open to two texts under two keys: a sender could show each recipient another.
    @Test func `a content's key that is not the one committed to opens nothing`() throws {
        let keys = [try DevicePrivateKey(suite: .x25519AES256GCM)]
        let party = try #require(Party("ana"))
        let ana = try NoteSealing(party: party, device: DeviceID(), keys: keys)
        let list = try KeyList(party: party, version: 1, keys: ana.publicKeys)
        let note = try ana.seal(text, about: TestPerson.payment, for: [list])
        let right = try #require(
            keys[0].open(
                note.recipients[0].sealedKey, encapsulated: note.recipients[0].encapsulated,
                from: keys[0].publicKey,
                info: SealedNote.info(transcript: note.transcript, note.recipients[0])))
        /// The note with a key sealed anew, bound to all else as it must be.
        func resealed(_ key: [UInt8], committingTo committed: [UInt8]) throws -> SealedNote {
            var other = SealedNote(
                id: note.id, subject: note.subject, sender: note.sender,
                senderDevice: note.senderDevice, recipients: note.recipients,
                commitment: SealedNote.commitment(to: committed), nonce: note.nonce,
                sealedContent: note.sealedContent)
            let info = SealedNote.info(transcript: other.transcript, other.recipients[0])
            let sealed = try #require(keys[0].seal(key, to: keys[0].publicKey, info: info))
            other.recipients[0].encapsulated = sealed.encapsulated
            other.recipients[0].sealedKey = sealed.sealed
            return other
        }
        let wrong = [UInt8](repeating: 1, count: 32)
        for (key, committed) in [(right, wrong), (wrong, right), (wrong, wrong), ([1], [1])] {
            let other = try resealed(key, committingTo: committed)
            #expect(
                refuses("was altered") {
                    _ = try ana.open(other, about: TestPerson.payment, from: list)
                })
        }
        let same = try resealed(right, committingTo: right)
        #expect(try ana.open(same, about: TestPerson.payment, from: list) == text)
    }

    @Test func `after a key is replaced old notes open with the old list`() throws {
        let ana = try TestPerson("ana", [[.x25519AES256GCM]])
        let ben = try TestPerson("ben", [[.x25519AES256GCM]])
        let note = try ana.devices[0].seal(text, about: TestPerson.payment, for: [ben.list])
        let next = try ana.list.adding(
            DeviceKey(
                device: ana.devices[0].device,
                key: try DevicePrivateKey(suite: .x25519AES256GCM).publicKey))
        #expect(
            refuses("no such key") {
                _ = try ben.devices[0].open(note, about: TestPerson.payment, from: next)
            })
        #expect(
            try ben.devices[0].open(note, about: TestPerson.payment, from: ana.list) == text)
    }

    @Test func `random contents for random people open on every device`() throws {
        let seed = TestSeed.choose("NoteSealingTests")
        var random = SplitMix64(seed: seed)
        let type = try #require(MediaType("application/octet-stream"))
        for _ in 0..<30 {
            let people = try (0...random.below(3)).map { person in
                let devices = (0...random.below(4)).map { _ in
                    let curve25519: SealingSuite =
                        random.below(2) == 0 ? .x25519AES256GCM : .x25519ChaCha20Poly1305
                    let p256: SealingSuite =
                        random.below(2) == 0 ? .p256AES256GCM : .p256ChaCha20Poly1305
                    return [[curve25519], [p256], [p256, curve25519]][random.below(3)]
                }
                return try TestPerson(
                    "person \(person)",
                    person == 0 ? [[.p256AES256GCM, .x25519AES256GCM]] + devices : devices)
            }
            let count = random.below(1 << (4 + random.below(15)))
            let content = NoteContent.attachment(
                type, (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) })
            let note = try people[0].devices[0].seal(
                content, about: TestPerson.request, for: people.map(\.list))
            let received = try SealedNote(note.bytes)
            try received.check(
                about: TestPerson.request, from: people[0].list, to: people.map(\.list))
            for person in people {
                for device in person.devices {
                    #expect(
                        try device.open(received, about: TestPerson.request, from: people[0].list)
                            == content, "seed \(seed)")
                }
            }
            // Any one byte altered, anywhere.
            for _ in 0..<20 {
                var bytes = note.bytes
                bytes[random.below(bytes.count)] ^= UInt8(1 + random.below(255))
                let reader = people[people.count - 1].devices[0]
                #expect(
                    !Self.isRead(bytes, by: reader, of: people[0].list, content), "seed \(seed)")
            }
        }
    }

    /// Whether the reader is given anything but a refusal. A change of another recipient's sealed key does not concern
    /// it.
    private static func isRead(
        _ bytes: [UInt8], by reader: NoteSealing, of sender: KeyList, _ content: NoteContent
    ) -> Bool {
        guard let note = try? SealedNote(bytes),
            let read = try? reader.open(note, about: TestPerson.request, from: sender)
        else { return false }
        return read != content
    }
}
