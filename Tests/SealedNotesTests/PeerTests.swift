import Cryptography
import Foundation
import SealedNotes
import TestProcesses
import Testing

/// Against a client in Python that was written from the format alone.
@Suite(.serialized) struct PeerTests {
    private static func ask<Answer: Decodable>(
        _ command: String, _ question: some Encodable
    ) async throws -> Answer {
        let file = FileManager.default.temporaryDirectory
            .appendingPathComponent("sealed-notes-\(UUID()).json")
        try JSONEncoder().encode(question).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let text = try await PythonPeer("sealed_notes.py").run([command, file.path])
        return try JSONDecoder().decode(Answer.self, from: Data(text.utf8))
    }

    private struct Device {
        let name: String
        let id = DeviceID()
        let keys: [DevicePrivateKey]

        init(_ name: String, _ suites: SealingSuite...) throws {
            self.name = name
            keys = try suites.map { suite throws(SealedNoteError) in
                try DevicePrivateKey(suite: suite)
            }
        }

        var party: Party { Party(name)! }
        var publicKeys: [DeviceKey] { keys.map { DeviceKey(device: id, key: $0.publicKey) } }
        var privateKeys: [String: String] {
            Dictionary(
                uniqueKeysWithValues: keys.map {
                    ($0.publicKey.suite.name, Base64URL.encode($0.raw))
                })
        }
        var sealing: NoteSealing {
            get throws { try NoteSealing(party: party, device: id, keys: keys) }
        }
    }

    private let ana: [Device]
    private let ben: [Device]
    private let lists: [KeyList]

    init() throws {
        ana = [
            try Device("ana", .x25519AES256GCM, .p256AES256GCM),
            try Device("ana", .x25519ChaCha20Poly1305),
        ]
        ben = [
            try Device("bén", .x25519AES256GCM), try Device("bén", .x25519ChaCha20Poly1305),
            try Device("bén", .p256AES256GCM), try Device("bén", .p256ChaCha20Poly1305),
        ]
        lists = try [ana, ben].map {
            try KeyList(party: $0[0].party, version: 1, keys: $0.flatMap(\.publicKeys))
        }
    }

    private static let contents: [NoteContent] = [
        .text(""), .text("Für das Boot 🚣"), .text(String(repeating: "x", count: 8_192)),
        .attachment(
            MediaType("image/png")!, (0..<70_000).map { UInt8(truncatingIfNeeded: $0 * 7) }),
        .attachment(
            MediaType("application/pdf")!,
            [UInt8](repeating: 9, count: NoteContent.maximumAttachmentBytes)),
    ]

    @Test func `its HPKE meets the vectors of RFC 9180, and opens what its package seals`()
        async throws
    {
        let unmet: [String] = try await Self.ask("vectors", HPKEVector.all)
        #expect(unmet == [])
        let opened: Int = try await Self.ask("base", [String]())
        #expect(opened == SealingSuite.allCases.count)
    }

    private struct Opening: Encodable {
        let party, device: String
        let privateKeys, senderKeys: [String: String]
        let subjectKind: UInt8
        let subject, note: String
    }

    private struct Opened: Decodable, Equatable {
        var mediaType, data, refused: String?
    }

    private func opening(
        _ note: [UInt8], by device: Device, about subject: NoteSubject = TestPerson.payment
    ) -> Opening {
        let shown = ana[0].keys.map {
            ($0.publicKey.suite.name, Base64URL.encode($0.publicKey.raw))
        }
        return Opening(
            party: device.name, device: "\(device.id)", privateKeys: device.privateKeys,
            senderKeys: Dictionary(uniqueKeysWithValues: shown),
            subjectKind: subject.kind.rawValue, subject: Base64URL.encode(subject.id),
            note: Base64URL.encode(note))
    }

    @Test func `it opens what ours sealed, on every device`() async throws {
        var questions: [Opening] = []
        var expected: [Opened] = []
        for content in Self.contents {
            let note = try ana[0].sealing.seal(content, about: TestPerson.payment, for: lists)
            for device in ana + ben {
                questions.append(opening(note.bytes, by: device))
                let answer =
                    switch content {
                    case .text(let text):
                        Opened(mediaType: "", data: Base64URL.encode(Array(text.utf8)))
                    case .attachment(let type, let bytes):
                        Opened(mediaType: "\(type)", data: Base64URL.encode(bytes))
                    }
                expected.append(answer)
            }
        }
        let answers: [Opened] = try await Self.ask("open", questions)
        #expect(answers == expected)
    }

    @Test func `it refuses what was altered or moved`() async throws {
        let note = try ana[0].sealing.seal(
            .text("Danke"), about: TestPerson.payment, for: lists)
        let bytes = note.bytes
        var questions = [
            opening(bytes, by: ben[0], about: TestPerson.otherPayment),
            opening(Array(bytes.dropLast()), by: ben[0]), opening(bytes + [0], by: ben[0]),
        ]
        for index in [5, 30, 41, 50, bytes.count - 1, bytes.count - 285, bytes.count - 300] {
            var altered = bytes
            altered[index] ^= 1
            questions.append(opening(altered, by: ben[3]))
        }
        let answers: [Opened] = try await Self.ask("open", questions)
        #expect(answers.count == questions.count && answers.allSatisfy { $0.refused != nil })
    }

    private struct Sealing: Encodable {
        struct Recipient: Encodable { let party, device, suite, key: String }
        let party, device: String
        let privateKeys: [String: String]
        let subjectKind: UInt8
        let subject: String
        let recipients: [Recipient]
        let mediaType, data: String
    }

    @Test func `ours opens what it sealed, on every device`() async throws {
        // Of the device with two keys the one that ours would take.
        let recipients = (ana + ben).map {
            let key = $0.keys[0].publicKey
            return Sealing.Recipient(
                party: $0.name, device: "\($0.id)", suite: key.suite.name,
                key: Base64URL.encode(key.raw))
        }
        let questions = Self.contents.map { content in
            let (type, data) =
                switch content {
                case .text(let text): ("", Array(text.utf8))
                case .attachment(let type, let bytes): ("\(type)", bytes)
                }
            return Sealing(
                party: "ana", device: "\(ana[0].id)", privateKeys: ana[0].privateKeys,
                subjectKind: TestPerson.request.kind.rawValue,
                subject: Base64URL.encode(TestPerson.request.id), recipients: recipients,
                mediaType: type, data: Base64URL.encode(data))
        }
        let notes: [String] = try await Self.ask("seal", questions)
        #expect(notes.count == Self.contents.count)
        for (text, content) in zip(notes, Self.contents) {
            let note = try SealedNote(#require(Base64URL.decode(text)))
            try note.check(about: TestPerson.request, from: lists[0], to: [lists[1]])
            for device in ana + ben {
                let opened = try device.sealing.open(
                    note, about: TestPerson.request, from: lists[0])
                #expect(opened == content)
            }
        }
    }

    private struct ListedPerson: Encodable {
        struct Key: Encodable { let device, suite, key: String }
        let party: String
        let keys: [Key]
    }

    private struct Numbers: Decodable {
        let digests: [String]
        let number: String
    }

    @Test func `it shows the same safety number`() async throws {
        let question = lists.map { list in
            ListedPerson(
                party: list.party.text,
                keys: list.keys.map {
                    .init(
                        device: "\($0.device)", suite: $0.key.suite.name,
                        key: Base64URL.encode($0.key.raw))
                })
        }
        let answer: Numbers = try await Self.ask("safety", question)
        #expect(answer.digests == lists.map { "\($0.digest)" })
        #expect(answer.number == "\(SafetyNumber(lists[1], lists[0]))")
    }
}
