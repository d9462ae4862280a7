import Cryptography
import EventLog
import Identity
import SealedNotes
import Testing

@testable import PersonalWallets
@testable import WalletAPI

/// Notes that only the devices of payer and payee can read.
@Suite struct SealedNoteTests {
    private typealias NoteDeviceID = SealedNotes.DeviceID

    /// Somebody's device, as an application has it.
    private struct Device {
        var somebody: TestAPI.Somebody
        var sealing: NoteSealing
    }

    private static func device(
        _ api: TestAPI, _ somebody: TestAPI.Somebody
    ) async throws -> Device {
        let devices = try await api.people.devices(of: somebody.id)
        let id = try #require(NoteDeviceID(bytes: devices[0].id.uuid.bytes))
        let party = try #require(Party("\(somebody.id)"))
        let keys = try [
            DevicePrivateKey(suite: .x25519AES256GCM), DevicePrivateKey(suite: .p256AES256GCM),
        ]
        let sealing = try NoteSealing(party: party, device: id, keys: keys)
        let items = keys.map {
            #"{"suite":"\#($0.publicKey.suite.name)","key":"\#(Base64URL.encode($0.publicKey.raw))"}"#
        }
        let set = try await api.send(
            .put, "/v1/me/keys", #"{"keys":[\#(items.joined(separator: ","))]}"#,
            bearer: somebody.token)
        #expect(set.status == 200, "\(set.text)")
        return Device(somebody: somebody, sealing: sealing)
    }

    /// The list that an application makes of an answer.
    private static func list(_ reply: Reply) throws -> KeyList {
        let party = try #require(reply["person"].text.flatMap { Party($0) })
        let keys = try reply["keys"].elements.map { item in
            DeviceKey(
                device: try #require(item["device"].text.flatMap { NoteDeviceID($0) }),
                key: try DevicePublicKey(
                    suite: try #require(item["suite"].text.flatMap { SealingSuite(name: $0) }),
                    raw: try #require(item["key"].text.flatMap { Base64URL.decode($0) })))
        }
        let version = try #require(reply["version"].text.flatMap { UInt32($0) })
        return try KeyList(party: party, version: version, keys: keys)
    }

    private static func subject(_ payment: String) throws -> NoteSubject {
        let id = try #require(TransferID(payment))
        return try #require(NoteTopic.payment(id).subject)
    }

    private static func keys(
        _ api: TestAPI, of id: PersonID, as somebody: TestAPI.Somebody
    ) async throws -> KeyList {
        try list(try await api.send(.get, "/v1/people/\(id)/keys", bearer: somebody.token))
    }

    private static func post(
        _ api: TestAPI, _ somebody: TestAPI.Somebody, _ payment: String, _ note: SealedNote
    ) async throws -> Reply {
        try await api.sendBytes(
            .post, "/v1/me/payments/\(payment)/notes", note.bytes, bearer: somebody.token)
    }

    @Test func `payer and payee read what they write each other, and nobody else does`()
        async throws
    {
        try await TestAPI.withTwo { api, ann, bob in
            let (anns, bobs) = (
                try await Self.device(api, ann), try await Self.device(api, bob)
            )
            let paid = try await api.pay(ann.token, "@bob", "3.00")
            let payment = try #require(paid["id"].text)
            let subject = try Self.subject(payment)
            let lists = try await [
                Self.keys(api, of: ann.id, as: ann), Self.keys(api, of: bob.id, as: ann),
            ]
            let note = try anns.sealing.seal(.text("For the pizza"), about: subject, for: lists)
            let kept = try await Self.post(api, ann, payment, note)
            #expect(kept.status == 204, "\(kept.text)")
            let twice = try await Self.post(api, ann, payment, note)
            #expect(twice.status == 409 && twice.code == "note_kept")
            let seen = try await api.ask(bob, "payments/\(payment)/notes")
            let envelope = try #require(
                seen["notes"][0]["envelope"].text.flatMap { Base64URL.decode($0) })
            #expect(!String(decoding: envelope, as: UTF8.self).contains("pizza"))
            let sender = try await Self.keys(api, of: ann.id, as: bob)
            let opened = try bobs.sealing.open(
                try SealedNote(envelope), about: subject, from: sender)
            #expect(opened == .text("For the pizza"))
            let eve = try await api.somebody("eve")
            #expect(
                try await api.ask(eve, "payments/\(payment)/notes").code == "unknown_transfer")
            #expect(try await Self.post(api, eve, payment, note).code == "unknown_transfer")
            // Bob cannot pass it off as his own, nor about another payment.
            #expect(try await Self.post(api, bob, payment, note).code == "invalid_note_envelope")
            let other = try await api.pay(ann.token, "@bob", "2.00")
            let moved = try await Self.post(api, ann, try #require(other["id"].text), note)
            #expect(moved.status == 422 && moved.code == "invalid_note_envelope")
        }
    }

    @Test func `a changed key is another version, and a note for the old one is not kept`()
        async throws
    {
        try await TestAPI.withTwo { api, ann, bob in
            let anns = try await Self.device(api, ann)
            _ = try await Self.device(api, bob)
            let before = try await Self.keys(api, of: bob.id, as: ann)
            let paid = try await api.pay(ann.token, "@bob", "3.00")
            let payment = try #require(paid["id"].text)
            let subject = try Self.subject(payment)
            let own = try await Self.keys(api, of: ann.id, as: ann)
            _ = try await Self.device(api, bob)
            let after = try await Self.keys(api, of: bob.id, as: ann)
            #expect(after.version == before.version + 1)
            #expect(try after.changes(since: before).count == 2)
            let stale = try anns.sealing.seal(.text("x"), about: subject, for: [own, before])
            let refused = try await Self.post(api, ann, payment, stale)
            #expect(refused.status == 409 && refused.code == "keys_changed", "\(refused.text)")
            let fresh = try anns.sealing.seal(.text("x"), about: subject, for: [own, after])
            #expect(try await Self.post(api, ann, payment, fresh).status == 204)
            let former = try await api.send(
                .get, "/v1/people/\(bob.id)/keys?version=\(before.version)", bearer: ann.token)
            #expect(try Self.list(former) == before)
        }
    }

    @Test func `notes come page by page, and large ones fit`() async throws {
        try await TestAPI.withTwo { api, ann, bob in
            let anns = try await Self.device(api, ann)
            _ = try await Self.device(api, bob)
            let paid = try await api.pay(ann.token, "@bob", "3.00")
            let payment = try #require(paid["id"].text)
            let subject = try Self.subject(payment)
            let lists = try await [
                Self.keys(api, of: ann.id, as: ann), Self.keys(api, of: bob.id, as: ann),
            ]
            var sent: [String] = []
            func send(_ content: NoteContent) async throws {
                let note = try anns.sealing.seal(content, about: subject, for: lists)
                let kept = try await Self.post(api, ann, payment, note)
                #expect(kept.status == 204, "\(kept.text)")
                sent.append(Base64URL.encode(note.bytes))
            }
            for number in 0..<5 { try await send(.text("note \(number)")) }
            func pages(_ limit: Int) async throws -> [[String]] {
                var pages: [[String]] = []
                var after = ""
                repeat {
                    let page = try await api.ask(
                        bob, "payments/\(payment)/notes?limit=\(limit)\(after)")
                    #expect(page.status == 200, "\(page.text)")
                    pages.append(page["notes"].elements.compactMap { $0["envelope"].text })
                    after = page["next"].text.map { "&after=\($0)" } ?? ""
                } while !after.isEmpty
                return pages
            }
            let byTwo = try await pages(2)
            #expect(byTwo.map(\.count) == [2, 2, 1] && byTwo.flatMap { $0 } == sent)
            #expect(try await pages(5).map(\.count) == [5])
            // A page ends early where notes are large, and has at least one.
            let file = NoteContent.attachment(
                try #require(MediaType("image/png")),
                [UInt8](repeating: 7, count: NoteContent.maximumAttachmentBytes))
            for _ in 0..<5 { try await send(file) }
            let large = try await pages(200)
            #expect(large.count > 1 && large.allSatisfy { !$0.isEmpty })
            #expect(large.flatMap { $0 } == sent)
            let wrong = try await api.ask(bob, "payments/\(payment)/notes?limit=0")
            #expect(wrong.status == 400, "\(wrong.text)")
        }
    }

    @Test
    func `of somebody's keys the newest versions are kept, and those that notes open against`()
        async throws
    {
        try await TestAPI.withTwo { api, ann, bob in
            let anns = try await Self.device(api, ann)
            let paid = try await api.pay(ann.token, "@bob", "3.00")
            let payment = try #require(paid["id"].text)
            let own = try await Self.keys(api, of: ann.id, as: ann)
            _ = try await Self.device(api, bob)
            let bobs = try await Self.keys(api, of: bob.id, as: ann)
            let note = try anns.sealing.seal(
                .text("x"), about: Self.subject(payment), for: [own, bobs])
            #expect(try await Self.post(api, ann, payment, note).status == 204)
            let device = try await api.people.devices(of: ann.id)[0].id
            for _ in 0..<70 {
                let key = try DevicePrivateKey(suite: .x25519AES256GCM).publicKey
                _ = try await api.personalWallets.setKeys([key], of: device, of: ann.id)
            }
            func status(_ version: UInt32) async throws -> Int {
                try await api.send(
                    .get, "/v1/people/\(ann.id)/keys?version=\(version)", bearer: bob.token
                ).status
            }
            let newest = own.version + 70
            for (version, expected) in [
                (own.version, 200), (own.version + 1, 404), (newest - 64, 404), (newest - 63, 200),
                (newest, 200),
            ] { #expect(try await status(version) == expected, "\(version)") }
        }
    }

    @Test
    func `an attachment comes whole over a connection, where one may be sent and nowhere else`()
        async throws
    {
        try await TestAPI.withTwo { api, ann, bob in
            let anns = try await Self.device(api, ann)
            _ = try await Self.device(api, bob)
            let paid = try await api.pay(ann.token, "@bob", "3.00")
            let payment = try #require(paid["id"].text)
            let lists = try await [
                Self.keys(api, of: ann.id, as: ann), Self.keys(api, of: bob.id, as: ann),
            ]
            let file = NoteContent.attachment(
                try #require(MediaType("image/png")), [UInt8](repeating: 7, count: 700_000))
            let note = try anns.sealing.seal(file, about: Self.subject(payment), for: lists)
            try await api.serving(WebSettings()) { (port) async throws -> Void in
                func status(
                    _ path: String, _ bytes: [UInt8], bearer: String?
                ) async throws -> String {
                    let client = try SocketClient(port: port)
                    let header = bearer.map { "Authorization: Bearer \($0)\r\n" } ?? ""
                    client.send(
                        "POST \(path) HTTP/1.1\r\nHost: localhost\r\n\(header)"
                            + "Content-Length: \(bytes.count)\r\nConnection: close\r\n\r\n")
                    client.send(bytes)
                    return String(await client.read(until: nil).prefix(12))
                }
                let notes = "/v1/me/payments/\(payment)/notes"
                #expect(try await status(notes, note.bytes, bearer: ann.token) == "HTTP/1.1 204")
                let long = [UInt8](repeating: 32, count: 70_000)
                for (path, bearer, expected) in [
                    (notes, ann.token, "HTTP/1.1 400"), (notes, nil, "HTTP/1.1 401"),
                    ("/v1/me/payments", ann.token, "HTTP/1.1 413"),
                    ("/v1/me/payments/\(payment)/confirm", ann.token, "HTTP/1.1 413"),
                ] as [(String, String?, String)] {
                    #expect(try await status(path, long, bearer: bearer) == expected, "\(path)")
                }
            }
            let seen = try await api.ask(bob, "payments/\(payment)/notes")
            #expect(seen["notes"][0]["envelope"].text == Base64URL.encode(note.bytes))
        }
    }

    @Test func `what is no note or no key is refused with the reason`() async throws {
        try await TestAPI.withTwo { api, ann, _ in
            let paid = try await api.pay(ann.token, "@bob", "3.00")
            let payment = try #require(paid["id"].text)
            let junk = try await api.sendBytes(
                .post, "/v1/me/payments/\(payment)/notes", [1, 2, 3], bearer: ann.token)
            #expect(junk.status == 400 && junk.code == "invalid_note_envelope")
            let large = try await api.sendBytes(
                .post, "/v1/me/payments/\(payment)/notes",
                [UInt8](repeating: 0, count: SealedNote.maximumBytes + 1), bearer: ann.token)
            #expect(large.status == 413)
            let key = try await api.send(
                .put, "/v1/me/keys",
                #"{"keys":[{"suite":"\#(SealingSuite.x25519AES256GCM.name)","key":"AAAA"}]}"#,
                bearer: ann.token)
            #expect(key.status == 400 && key.code == "invalid_key", "\(key.text)")
        }
    }
}
