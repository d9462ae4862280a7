import Foundation
import Testing

@testable import SealedNotes

/// The envelope's bytes, and what a server makes of them.
@Suite struct EnvelopeTests {
    private let ana: TestPerson
    private let ben: TestPerson
    private let note: SealedNote
    private let content = NoteContent.text("Merci")

    init() throws {
        ana = try TestPerson("ana", [[.x25519AES256GCM, .p256AES256GCM]])
        ben = try TestPerson("ben", [[.x25519ChaCha20Poly1305], [.p256AES256GCM]])
        note = try ana.devices[0].seal(
            content, about: TestPerson.payment, for: [ana.list, ben.list])
    }

    /// Each byte of the envelope is in one field; with any of them altered no recipient whom it concerns opens the
    /// note.
    @Test func `no byte can be altered`() throws {
        let bytes = note.bytes
        let secret = try secrets(bytes)
        for index in bytes.indices {
            var altered = bytes
            altered[index] ^= 0x01
            guard let parsed = try? SealedNote(altered) else { continue }
            for device in ana.devices + ben.devices {
                let owner = secret.first { $0.range.contains(index) }?.device
                let opened = try? device.open(
                    parsed, about: TestPerson.payment, from: ana.list)
                if let owner, owner != device.device {
                    // What only another opens is nobody else's concern.
                    #expect(opened == content)
                } else {
                    #expect(opened == nil, "byte \(index)")
                }
            }
        }
    }

    /// Where in the envelope the two last fields of each recipient are.
    private func secrets(
        _ bytes: [UInt8]
    ) throws -> [(device: DeviceID, range: Range<Int>)] {
        try note.recipients.map { recipient in
            let range = try #require(
                Data(bytes).range(of: Data(recipient.encapsulated + recipient.sealedKey)))
            return (recipient.device, range)
        }
    }

    @Test func `no envelope is cut or goes on`() {
        let bytes = note.bytes
        for count in 0..<bytes.count {
            #expect(refuses { _ = try SealedNote(Array(bytes.prefix(count))) })
        }
        #expect(refuses("1 bytes follow") { _ = try SealedNote(bytes + [0]) })
        #expect(
            refuses("more than") {
                _ = try SealedNote([UInt8](repeating: 0, count: SealedNote.maximumBytes + 1))
            })
    }

    @Test func `the longest note fits`() throws {
        let name = String(repeating: "n", count: 63)
        let people = try (0..<4).map {
            try TestPerson("\($0)\(name)", Array(repeating: [.p256AES256GCM], count: 16))
        }
        let type = try #require(MediaType("a/" + String(repeating: "b", count: 125)))
        let long = NoteContent.attachment(
            type, [UInt8](repeating: 1, count: NoteContent.maximumAttachmentBytes))
        let subject = try #require(NoteSubject(.request, id: Array(repeating: 1, count: 64)))
        let note = try people[0].devices[0].seal(long, about: subject, for: people.map(\.list))
        #expect(note.bytes.count == SealedNote.maximumBytes)
        let reader = people[3].devices[15]
        #expect(
            try reader.open(SealedNote(note.bytes), about: subject, from: people[0].list) == long)
    }

    @Test func `a server refuses what is not in the envelope's form`() throws {
        // Offsets follow from the format: 4 magic, 1 version, 16 identifier, 1 kind, 1 + 17 subject, 1 + 3 sender, 16
        // device.
        let bytes = note.bytes
        func with(_ index: Int, _ byte: UInt8) -> [UInt8] {
            var altered = bytes
            altered[index] = byte
            return altered
        }
        for (altered, why) in [
            (with(0, 0x48 + 1), "begin with HFSN"), (with(4, 2), "version is 2"),
            (with(21, 0), "subject is of no kind"), (with(21, 3), "subject is of no kind"),
            (with(22, 0), "1 to 64"), (with(22, 65), "1 to 64"), (with(40, 0), "1 to 64"),
            (with(41, 0xff), "UTF-8"), (with(60, 1), "259 recipients"),
            (with(61, 0), "0 recipients"), (with(62 + 20, 0), "suite"),
            (with(62 + 20, 5), "suite"),
        ] { #expect(refuses(why) { _ = try SealedNote(altered) }, "\(why)") }
        var other = note
        other.recipients.reverse()
        #expect(refuses("not ascending") { _ = try SealedNote(other.bytes) })
        other.recipients = [note.recipients[0], note.recipients[0]]
        #expect(refuses("not ascending") { _ = try SealedNote(other.bytes) })
        let odd = SealedNote(
            id: note.id, subject: note.subject, sender: note.sender,
            senderDevice: note.senderDevice, recipients: note.recipients,
            commitment: note.commitment, nonce: note.nonce,
            sealedContent: note.sealedContent + [0])
        #expect(refuses("no length that padding gives") { _ = try SealedNote(odd.bytes) })
    }

    @Test func `a recipient that is taken away or put in is found out`() throws {
        let payment = TestPerson.payment
        for index in note.recipients.indices {
            var fewer = note
            fewer.recipients.remove(at: index)
            let received = try SealedNote(fewer.bytes)
            #expect(
                refuses("is missing") {
                    try received.check(about: payment, from: ana.list, to: [ben.list])
                })
            for device in ana.devices + ben.devices {
                #expect(
                    refuses { _ = try device.open(received, about: payment, from: ana.list) })
            }
        }
        let eve = try TestPerson("eve", [[.x25519AES256GCM]])
        let more = try ana.devices[0].seal(
            content, about: payment, for: [ana.list, ben.list, eve.list])
        #expect(
            refuses("eve has no part") {
                try more.check(about: payment, from: ana.list, to: [ben.list])
            })
        var grafted = note
        grafted.recipients.append(more.recipients[3])
        #expect(
            refuses("was altered") {
                _ = try ben.devices[0].open(grafted, about: payment, from: ana.list)
            })
    }

    @Test func `a server refuses notes for keys that are no more, or in another's name`() throws {
        let payment = TestPerson.payment
        var later = ben
        try later.add([.x25519AES256GCM])
        #expect(
            refuses("is missing") {
                try note.check(about: payment, from: ana.list, to: [later.list])
            })
        let removed = try ben.list.removing(ben.devices[1].device)
        #expect(
            refuses("has no such key now") {
                try note.check(about: payment, from: ana.list, to: [removed])
            })
        let replaced = try ben.list.adding(
            DeviceKey(
                device: ben.devices[0].device,
                key: try DevicePrivateKey(suite: .x25519AES256GCM).publicKey))
        #expect(
            refuses("has no such key now") {
                try note.check(about: payment, from: ana.list, to: [replaced])
            })
        #expect(
            refuses("from another person") {
                try note.check(about: payment, from: ben.list, to: [ana.list])
            })
        #expect(
            refuses("it is about") {
                try note.check(about: TestPerson.otherPayment, from: ana.list, to: [ben.list])
            })
        // A key under another suite than its own, and a sender's key of another curve: nobody could open that.
        let first = note.recipients[2]
        let own = ana.devices[0].publicKeys.map(\.key)
        let otherSuite: SealingSuite =
            first.suite.curve == .x25519 ? .x25519AES256GCM : .p256ChaCha20Poly1305
        let otherCurve = try #require(own.first { $0.suite.curve != first.suite.curve })
        for (suite, senderKey, why) in [
            (otherSuite, first.senderKey, "of ben has no such key now"),
            (first.suite, otherCurve.id, "the sending device has no such key now"),
        ] {
            var wrong = note
            wrong.recipients[2] = NoteRecipient(
                party: first.party, device: first.device, suite: suite, key: first.key,
                senderKey: senderKey)
            #expect(
                refuses(why) {
                    try wrong.check(about: payment, from: ana.list, to: [ben.list])
                }, "\(why)")
        }
        // Another device of the same person's is not who sealed it.
        var two = ana
        try two.add([.x25519AES256GCM, .p256AES256GCM])
        let other = try two.devices[1].seal(content, about: payment, for: [two.list, ben.list])
        let claimed = SealedNote(
            id: other.id, subject: other.subject, sender: other.sender,
            senderDevice: two.devices[0].device, recipients: other.recipients,
            commitment: other.commitment, nonce: other.nonce, sealedContent: other.sealedContent)
        #expect(
            refuses("the sending device has no such key") {
                try claimed.check(about: payment, from: two.list, to: [ben.list])
            })
        do {
            try note.check(about: payment, from: ana.list, to: [later.list])
        } catch { #expect(error.isAboutRecipients && !error.isForgery) }
    }
}
