import Cryptography
import EventLog
import HTTPTypes
import Identity
import PostgreSQL
import SealedNotes
import Testing

@testable import People
@testable import WalletAPI

/// What people are given of theirs, and how they leave.
@Suite struct DataTests {
    @Test func `a person gets all that is kept of them, and nothing of others`() async throws {
        try await TestAPI.withTwo { api, ann, bob in
            _ = try await api.pay(ann.token, "@bob", "30.00")
            let pocket = try await api.mine(ann, "pockets", #"{"currency":"USD","name":"Holiday"}"#)
            #expect(pocket.status == 201, "\(pocket.text)")
            let asked = try await api.mine(
                ann, "requests",
                #"{"total":\#(usd("5.00")),"shares":[{"from":"@bob"}],"note":"Taxi home"}"#)
            #expect(asked.status == 201, "\(asked.text)")
            let data = try await api.mine(ann, "data")
            #expect(data.status == 200, "\(data.text)")
            for text in ["ann@example.org", "Holiday", "Taxi home"] {
                #expect(data.text.contains(text), "\(text): \(data.text)")
            }
            #expect(!data.text.contains("bob@example.org"))
            let ofBob = try await api.mine(bob, "data")
            #expect(!ofBob.text.contains("ann@example.org") && !ofBob.text.contains("Holiday"))
        }
    }

    @Test func `it has the ledger's history with fees, notes, device keys and offers`() async throws
    {
        let prices = [
            "fees/1.json": """
            {"version": 1, "valid_from": "2020-01-01T00:00:00Z", "rules": [
              {"id": "p2p", "kind": "p2p", "currency": "USD", "fixed": "0.10", "paid_by": "payer"}]}
            """,
            "rates.csv": """
            source,test
            observed_at,\(ShiftedClock().now.adding(seconds: -60).rfc3339())
            maximum_age_seconds,2000000
            pivot,EUR
            EUR,USD,1.25
            """,
        ]
        try await TestAPI.withTwo(prices: prices) { api, ann, bob in
            var payments: [String] = []
            for _ in 0..<140 {
                let paid = try await api.pay(ann.token, "@bob", "0.05")
                payments.append(try #require(paid["id"].text, "\(paid.text)"))
            }
            let quote = try await api.mine(
                ann, "exchanges/quotes", #"{"sell":\#(usd("1.00")),"currency":"EUR"}"#)
            let key = try DevicePrivateKey(suite: .x25519AES256GCM).publicKey
            let set = try await api.send(
                .put, "/v1/me/keys",
                #"{"keys":[{"suite":"\#(key.suite.name)","key":"\#(Base64URL.encode(key.raw))"}]}"#,
                bearer: ann.token)
            #expect(set.status == 200, "\(set.text)")
            let (now, writer) = (api.clock.now, bob.id)
            let about = try #require(TransferID(payments[3]))
            try await api.people.transact {
                connection throws(PostgreSQLError) -> People.Answer<Void> in
                _ = try connection.query(
                    Statement(
                        "test.note",
                        """
                        INSERT INTO sealed_note (id, subject_kind, subject_id, sender_id,
                            sender_version, envelope, created_at)
                        VALUES ('\\x01', 1, $1, $2, 1, 'sealed', $3)
                        """),
                    Parameters {
                        $0.add(uuidHigh: about.high, low: about.low)
                        $0.add(uuidHigh: writer.uuid.high, low: writer.uuid.low)
                        $0.add(now.rawValue)
                    })
                return .success(())
            }

            let data = try await api.mine(ann, "data")
            #expect(data.status == 200, "\(data.text.prefix(500))")
            #expect(data.headers[.contentLength] == nil)
            let history = data["ledger_history"].elements
            // Each payment was reserved and posted; the funding was posted, the wallet opened.
            let sequences = history.compactMap { $0["sequence"].text.flatMap { Int64($0) } }
            #expect(sequences == sequences.sorted(by: >) && sequences.count > 250)
            #expect(Set(history.compactMap { $0["transfer"].text }).isSuperset(of: payments))
            let posted = history.filter { $0["transfer"].text == payments[0] }
            #expect(posted.contains { $0["posted_change_minor"].text == "-15" }, "\(posted)")
            #expect(posted.first?["fees"][0]["amount_minor"].text == "10")
            #expect(posted.first?["fees"][0]["paid_by"].text == "payer")
            #expect(posted.first?["currency"].text == "USD")
            #expect(data["quotes"].elements.map { $0["id"].text } == [quote["id"].text])
            #expect(data["device_keys"].elements.map { $0["version"].text } == ["1"])
            #expect(data["device_keys"][0]["keys"][0]["key"].text == Base64URL.encode(key.raw))
            for (person, by) in [(ann, "\(bob.id)"), (bob, "yourself")] {
                let notes = try await api.mine(person, "data")["notes"].elements
                #expect(notes.count == 1 && notes.first?["id"].text == payments[3])
                #expect(notes.first?["by"].text == by && notes.first?["about"].text == "payment")
                let envelope = notes.first?["envelope"].text.flatMap { Base64URL.decode($0) }
                #expect(envelope == Array("sealed".utf8))
            }
            let eve = try await api.somebody("eve")
            let ofEve = try await api.mine(eve, "data")
            for name in ["ledger_history", "notes", "device_keys", "quotes"] {
                #expect(ofEve.json.names.contains(name) && ofEve[name].elements.isEmpty, "\(name)")
            }
        }
    }

    @Test func `who has money cannot be erased; who is erased is gone, and the books are not`()
        async throws
    {
        try await TestAPI.withTwo { api, ann, bob in
            let refused = try await api.mine(ann, "erasure")
            #expect(refused.status == 409 && refused.code == "erasure_refused", "\(refused.text)")
            #expect(try await api.available(ann.token) == "100.00")
            let paid = try await api.pay(ann.token, "@bob", "100.00")
            #expect(paid.status == 201, "\(paid.text)")
            let account = try #require(
                try await api.ask(ann, "wallets")["wallets"][0]["id"].text)
            let erased = try await api.mine(ann, "erasure")
            #expect(erased.status == 204, "\(erased.text)")
            let after = try await api.send(.get, "/v1/me", bearer: ann.token)
            #expect(after.status == 401, "\(after.text)")
            #expect(try await api.available(bob.token) == "100.00")
            let nobody = try await api.pay(bob.token, "@ann", "1.00")
            #expect(nobody.status != 201, "\(nobody.text)")
            let funded = try await api.post(
                "/v1/accounts/\(account)/fund", #"{"amount":\#(usd("1.00"))}"#)
            #expect(funded.status == 422 || funded.status == 409, "\(funded.text)")
            // Whoever has the address now may come anew.
            _ = try await api.register("ann@example.org", handle: "anna")
            #expect(try await api.people.checkSealedData().isWhole)
        }
    }
}
