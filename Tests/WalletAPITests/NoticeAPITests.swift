import Foundation
import HTTPTypes
import Notices
import People
import Synchronization
import Testing

@testable import PersonalWallets
@testable import WalletAPI

/// What people are told, and what of it a browser sees.
@Suite struct NoticeAPITests {
    /// Waits until somebody's feed has so many notices of a kind; the newest first.
    private static func notices(
        _ api: TestAPI, _ who: TestAPI.Somebody, _ kind: String, count: Int = 1
    ) async throws -> [JSONValue] {
        var found: [JSONValue] = []
        for _ in 0..<500 {
            let page = try await api.ask(who, "notices?limit=200")
            #expect(page.status == 200, "\(page.text)")
            found = page["notices"].elements.filter { $0["kind"].text == kind }
            if found.count >= count { return found }
            try await Task.sleep(for: .milliseconds(20))
        }
        Issue.record("\(found.count) of \(kind), not \(count)")
        return found
    }

    @Test func `both sides are told of a payment, once, whoever looks at the log`() async throws {
        try await TestAPI.withTwo { api, ann, bob in
            let paid = try await api.pay(ann.token, "@bob", "12.50")
            async let one: Void = api.personalWallets.doChores()
            async let other: Void = api.personalWallets.doChores()
            _ = await (one, other)
            await api.personalWallets.doChores()
            let got = try await Self.notices(api, bob, "payment_received")
            #expect(got.count == 1)
            #expect(got[0]["data"]["transfer"] == paid["id"])
            #expect(got[0]["data"]["amount"].text == "12.50")
            #expect(got[0]["body"].text?.contains("@ann") ?? false, "\(got[0])")
            let sent = try await Self.notices(api, ann, "payment_sent")
            #expect(sent.count == 1)
            let page = try await api.ask(bob, "notices")
            #expect(page["unread"].text == "\(page["notices"].elements.count)")
            let newest = try #require(page["notices"][0]["number"].text)
            let read = try await api.mine(bob, "notices/read", #"{"through":\#(newest)}"#)
            #expect(read.status == 204)
            #expect(try await api.ask(bob, "notices")["unread"].text == "0")
        }
    }

    @Test func `requests, their reminders and answers are told to the other side`() async throws {
        try await TestAPI.withTwo { api, ann, bob in
            let asked = try await api.mine(
                bob, "requests",
                #"{"shares":[{"from":"@ann","amount":\#(usd("2.00"))}],"note":"Tea"}"#)
            let id = try #require(asked["id"].text)
            let told = try await Self.notices(api, ann, "request_received")
            #expect(told[0]["data"]["request"].text == id && told[0]["data"]["note"].text == "Tea")
            api.clock.shift(seconds: 86_401)
            _ = try await api.mine(bob, "requests/\(id)/remind")
            _ = try await Self.notices(api, ann, "request_reminder")
            _ = try await api.mine(ann, "requests/\(id)/decline")
            _ = try await Self.notices(api, bob, "request_declined")
        }
    }

    @Test func `an address of nobody's is written to when money waits for it`() async throws {
        try await TestAPI.withTwo { api, ann, _ in
            _ = try await api.pay(ann.token, "cleo@example.org", "3.00")
            let content = try await api.sender.last(to: "cleo@example.org")
            #expect(content.kind == .claimWaiting)
        }
    }

    @Test func `an address of nobody's is written to, once, when money is posted late`()
        async throws
    {
        try await TestAPI.withTwo { api, ann, _ in
            api.engine.decide(300, .hold)
            let held = try await api.pay(ann.token, "cleo@example.org", "3.00")
            #expect(held["state"].text == "held", "\(held.text)")
            let declined = try await api.pay(ann.token, "dan@example.org", "3.00")
            _ = try await api.pay(ann.token, "eve@example.org", "4.00")
            await api.personalWallets.doChores()
            #expect(!api.sender.all.contains { $0.to == "cleo@example.org" })
            let id = try #require(held["id"].text)
            let released = try await api.post("/v1/reviews/\(id)/release", "{}")
            #expect(released["state"].text == "posted", "\(released.text)")
            let other = try #require(declined["id"].text)
            _ = try await api.post("/v1/reviews/\(other)/decline", "{}")
            await api.personalWallets.doChores()
            let content = try await api.sender.last(to: "cleo@example.org")
            #expect(content.kind == .claimWaiting)
            await api.personalWallets.doChores()
            for (to, count) in [
                ("cleo@example.org", 1), ("dan@example.org", 0), ("eve@example.org", 1),
            ] {
                #expect(api.sender.all.filter { $0.to == to }.count == count, "\(to)")
            }
        }
    }

    @Test func `the stream goes on after the last event that was seen`() async throws {
        try await TestAPI.withTwo { api, ann, bob in
            for value in ["1.00", "2.00", "3.00"] {
                _ = try await api.pay(ann.token, "@bob", value)
            }
            await api.personalWallets.doChores()
            let all = try await Self.notices(api, bob, "payment_received", count: 3)
            let seen = try #require(all.last?["number"].text.flatMap { Int($0) })
            let text = Mutex("")
            let response = try await api.respond(
                .get, "/v1/me/notices", bearer: bob.token,
                headers: [.accept: "text/event-stream", .lastEventID: "\(seen)"])
            #expect(response.headers[.contentType] == "text/event-stream")
            let following = Task {
                try await response.body.write(
                    BodyCollector { part in text.withLock { $0 += part } })
            }
            _ = try await api.pay(ann.token, "@bob", "4.00")
            await api.personalWallets.doChores()
            for _ in 0..<500 where !text.withLock({ $0.contains("4.00") }) {
                try await Task.sleep(for: .milliseconds(20))
            }
            following.cancel()
            let ids = text.withLock { $0 }.split(separator: "\n").filter { $0.hasPrefix("id: ") }
                .compactMap { Int($0.dropFirst(4)) }
            #expect(ids.first == seen + 1 && ids == ids.sorted() && Set(ids).count == ids.count)
            #expect(text.withLock { $0.contains("4.00") })
        }
    }

    @Test func `preferences are kept, but security stays`() async throws {
        try await TestAPI.withTwo { api, ann, _ in
            let off = try await api.send(
                .put, "/v1/me/notices/preferences", #"{"kind":"payment_sent","channels":[]}"#,
                bearer: ann.token)
            #expect(off.status == 200, "\(off.text)")
            let kept = off["preferences"].elements.first { $0["kind"].text == "payment_sent" }
            #expect(kept?["channels"].elements.isEmpty ?? false)
            let fixed = try await api.send(
                .put, "/v1/me/notices/preferences", #"{"kind":"password_changed","channels":[]}"#,
                bearer: ann.token)
            let security = fixed["preferences"].elements.first {
                $0["kind"].text == "password_changed"
            }
            #expect(security?["channels"].elements.isEmpty == false)
            _ = try await api.pay(ann.token, "@bob", "1.00")
            await api.personalWallets.doChores()
            let page = try await api.ask(ann, "notices?limit=200")
            #expect(!page["notices"].elements.contains { $0["kind"].text == "payment_sent" })
            for body in [
                #"{"kind":"nothing","channels":[]}"#,
                #"{"kind":"payment_sent","channels":["pigeon"]}"#,
                #"{"kind":"verification","channels":[]}"#,
            ] {
                let reply = try await api.send(
                    .put, "/v1/me/notices/preferences", body, bearer: ann.token)
                #expect(reply.status == 400, "\(reply.text)")
            }
        }
    }

    @Test func `a device says where it is reached, and that it is no more`() async throws {
        try await TestAPI.withTwo { api, ann, _ in
            let token = String(repeating: "ab", count: 32)
            let set = try await api.send(
                .put, "/v1/me/push-targets", #"{"apns":"\#(token)"}"#, bearer: ann.token)
            #expect(set.status == 204, "\(set.text)")
            let list = try await api.ask(ann, "push-targets")
            #expect(list["push_targets"].elements.map { $0["channel"].text } == ["apns"])
            #expect(!list.text.contains(token))
            _ = try await api.send(.delete, "/v1/me/push-targets", bearer: ann.token)
            #expect(try await api.ask(ann, "push-targets")["push_targets"].elements.isEmpty)
            for body in [
                "{}", #"{"apns":"no"}"#,
                #"{"web_push":{"endpoint":"http://10.0.0.1/","p256dh":"AA","auth":"AA"}}"#,
            ] {
                let reply = try await api.send(.put, "/v1/me/push-targets", body, bearer: ann.token)
                #expect(reply.status == 400 && reply.code == "invalid_push_target", "\(reply.text)")
            }
        }
    }

    @Test func `a device without a session is pushed to no more`() async throws {
        try await TestAPI.withTwo { api, ann, bob in
            func set(_ token: String, _ byte: String) async throws {
                let set = try await api.send(
                    .put, "/v1/me/push-targets",
                    #"{"apns":"\#(String(repeating: byte, count: 32))"}"#, bearer: token)
                #expect(set.status == 204, "\(set.text)")
            }
            func reached(_ somebody: TestAPI.Somebody) async throws -> Int {
                try await api.people.pushTargets(of: somebody.id).count
            }
            let second = try await api.token("@ann")
            try await set(ann.token, "aa")
            try await set(second, "bb")
            try await set(bob.token, "cc")
            let session = try #require(try await api.people.tokens.bearer(of: second)?.session)
            try await api.people.end(session, of: ann.id)
            #expect(try await reached(ann) == 1)
            // A token of a session that has ended brings no device back.
            let device = try #require(try await api.people.devices(of: ann.id).first?.id)
            await #expect(throws: PeopleError.self) {
                try await api.people.setPushTarget(
                    .apns(try DeviceToken(apns: String(repeating: "dd", count: 32))),
                    on: device, of: bob.id)
            }
            try await api.people.endSessions(of: ann.id)
            #expect(try await reached(ann) == 0)
            #expect(try await reached(bob) == 1)
        }
    }

    @Test func `contacts are added by a code, and the last one stays`() async throws {
        try await TestAPI.withTwo { api, ann, bob in
            let asked = try await api.mine(ann, "contacts", #"{"phone":"+49 30 901820"}"#)
            #expect(asked.status == 202, "\(asked.text)")
            let id = try #require(asked["id"].text)
            let code = try await api.sender.code(of: id)
            #expect(
                try await api.mine(bob, "contacts/\(id)/confirm", #"{"code":"\#(code)"}"#).code
                    == "wrong_code")
            let again = try await api.mine(ann, "contacts", #"{"phone":"+49 30 901820"}"#)
            let second = try #require(again["id"].text)
            let fresh = try await api.sender.code(of: second)
            let added = try await api.mine(
                ann, "contacts/\(second)/confirm", #"{"code":"\#(fresh)"}"#)
            #expect(added.status == 201 && added["value"].text == "+4930901820", "\(added.text)")
            let taken = try await api.mine(bob, "contacts", #"{"phone":"+49 30 901820"}"#)
            #expect(taken.status == 202)
            let me = try await api.send(.get, "/v1/me", bearer: ann.token)
            let ids = me["contacts"].elements.compactMap { $0["id"].text }
            #expect(ids.count == 2)
            for (index, id) in ids.enumerated() {
                let removed = try await api.send(
                    .delete, "/v1/me/contacts/\(id)", bearer: ann.token)
                #expect(removed.status == (index == 0 ? 204 : 409), "\(removed.text)")
            }
        }
    }
}
