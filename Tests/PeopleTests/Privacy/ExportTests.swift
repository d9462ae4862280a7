import Cryptography
import EventLog
import Foundation
import Identity
import Synchronization
import TestPlantedData
import Testing

@testable import People
@testable import TestAuthenticator

@Suite struct ExportTests {
    @Test func `a person is given all that is known of them, and nothing of anybody else`()
        async throws
    {
        try await TestPeople.run { test in
            test.people.add(FavouriteHolder())
            let ann = try await Planted.register("anneliese", in: test)
            let bob = try await Planted.register("bartholomew", in: test)
            try await FavouriteHolder.add(
                ann.words.favourite, of: ann.id, paying: bob.id, in: test)
            try await FavouriteHolder.add(
                bob.words.favourite, of: bob.id, paying: ann.id, in: test)
            try await test.people.setRole(.analyst, of: ann.id, by: "chief-operator")

            let json = try await test.people.export(of: ann.id).bytes()
            let text = String(decoding: json, as: UTF8.self)
            let secrets = [ann.words.password, ann.words.totp, ann.words.push]
            for word in ann.words.all where !secrets.contains(word) {
                #expect(text.contains(word), "\(word) is missing in \(text)")
            }
            let others = PlantedData(bob.words.all + secrets)
            #expect(others.findings(in: json, of: "export") == [])
            // Bob was registered, and is nothing to Ann; nor is who gave her a role.
            #expect(!text.contains("\(bob.id)") && !text.contains("chief-operator"))

            let document = try #require(
                try JSONSerialization.jsonObject(with: Data(json)) as? [String: Any])
            func list(_ name: String) -> [[String: Any]] {
                document[name] as? [[String: Any]] ?? []
            }
            #expect(document["format"] as? String == "holdfast-personal-data-v1")
            let person = try #require(document["person"] as? [String: Any])
            #expect(person["id"] as? String == "\(ann.id)")
            #expect(person["role"] as? String == "analyst")
            let security = try #require(document["security"] as? [String: Any])
            #expect(security["has_password"] as? Bool == true)
            #expect(security["authenticator_application_since"] is String)
            #expect((security["passkeys"] as? [[String: Any]])?.count == 1)
            #expect((security["recovery_codes"] as? [Any])?.count == 10)
            #expect(list("contacts").map { $0["address"] as? String } == [ann.words.email])
            #expect(list("devices").count == 1)
            // The session that the change of role ended is there, too.
            #expect(list("sessions").map { $0["end_cause"] as? String } == ["by_operator"])
            #expect(list("wallets").map { $0["currency"] as? String } == ["EUR"])
            #expect(list("favourites").map { $0["name"] as? String } == [ann.words.favourite])
            #expect(
                Set(list("notices").map { $0["kind"] as? String }) == [
                    "second_factor_changed", "new_device",
                ])
            // Whose sessions have ended is reached nowhere.
            #expect(list("push_targets").isEmpty)
            #expect(list("notice_preferences").map { $0["kind"] as? String } == ["payment_sent"])
            let acts = list("acts").map { "\($0["act"] ?? "") by \($0["by"] ?? "")" }
            #expect(
                acts == [
                    "person.registered by yourself", "factor.added by yourself",
                    "factor.added by yourself", "device.added by yourself",
                    "session.started by yourself", "person.role_changed by somebody_else",
                ])
            // Members have one order: but for when it was made and that it was, it is the same again.
            test.clock.advance(1)
            let again = String(
                decoding: try await test.people.export(of: ann.id).bytes(), as: UTF8.self)
            let exported = #""act":"person.exported","by":"yourself""#
            #expect(!text.contains(exported) && again.contains(exported))
            func names(_ text: String) -> [Substring] {
                text.prefix(while: { $0 != "]" }).split(separator: "\"").filter { $0.count > 2 }
            }
            #expect(text.hasPrefix(#"{"format":"holdfast-personal-data-v1","made_at":""#))
            #expect(names(text).count == names(again).count)
        }
    }

    @Test func `sign-ins and codes under way are told, and nothing that signs in`() async throws {
        try await TestPeople.run { test in
            let ann = try await Planted.register("anneliese", in: test)
            let signIn = try await test.people.signIn(
                ann.words.email, password: ann.words.password,
                device: .init(id: nil, name: "Borrowed phone"), from: "10.0.0.1")
            let sent = try await test.people.beginPasswordReset(
                try #require(ContactPoint(ann.words.email)), from: "10.0.0.1")
            let code = try await test.code(of: sent)
            let text = String(
                decoding: try await test.people.export(of: ann.id).bytes(), as: UTF8.self)
            #expect(text.contains(#""channel":"fcm"#))
            #expect(text.contains(#""device_name":"Borrowed phone""#))
            #expect(text.contains(#""purpose":"password_reset""#))
            for secret in [signIn.secret, "\"\(code)\"", "argon2"] {
                #expect(!text.contains(secret))
            }
        }
    }

    @Test func `what is long is read page by page, and the document is whole`() async throws {
        try await TestPeople.run { test in
            let pages = Mutex<[String?]>([])
            test.people.add([
                ExportListing("none") { _, _ in .init([], next: nil) },
                ExportListing("long") { _, place in
                    pages.withLock { $0.append(place) }
                    let start = place.flatMap { Int64($0) } ?? 0
                    return .init(
                        (start..<start + 3).map { .number($0) },
                        next: start < 6 ? "\(start + 3)" : nil)
                },
            ])
            let ann = try await test.register("ann@example.org")
            let json = try await test.people.export(of: ann).bytes()
            let document = try #require(
                try JSONSerialization.jsonObject(with: Data(json)) as? [String: Any])
            #expect(document["long"] as? [Int] == Array(0..<9))
            #expect((document["none"] as? [Int])?.isEmpty == true)
            #expect(document["person"] != nil)
            #expect(pages.withLock { $0 } == [nil, "3", "6"])
        }
    }

    @Test func `nobody is given anything of somebody who is not there`() async throws {
        try await TestPeople.run { test in
            let nobody = PersonID(at: test.clock.now)
            #expect(
                await refusal { _ = try await test.people.export(of: nobody) } == "unknown_person")
        }
    }

    @Test func `what is written is JSON, whatever it says`() throws {
        let text = "quote \" backslash \\ line\nbreak \u{1}\u{7f} é 漢 🔑 </script>"
        let value: ExportValue = .members([
            "z": .list([.none, .flag(true), .flag(false), .number(.min), .number(.max)]),
            "a": .members([(text, ExportValue.text(text))].map { ExportMember($0.0, $0.1) }),
            "moment": .moment(Timestamp(1_750_000_000_123_456)),
            "empty": .list([]),
        ])
        let json = String(decoding: value.json, as: UTF8.self)
        let numbers = "-9223372036854775808,9223372036854775807"
        #expect(json.hasPrefix(#"{"z":[null,true,false,\#(numbers)],"#))
        #expect(json.hasSuffix(#","moment":"2025-06-15T15:06:40.123456Z","empty":[]}"#))
        let read = try #require(
            try JSONSerialization.jsonObject(with: Data(value.json)) as? [String: Any])
        #expect((read["a"] as? [String: String]) == [text: text])
    }
}

extension ExportDocument {
    /// The whole document.
    func bytes() async throws -> [UInt8] {
        var bytes: [UInt8] = []
        try await write { bytes += $0 }
        return bytes
    }
}
