import Cryptography
import EventLog
import HTTPTypes
import Identity
import PostgreSQL
import SealedNotes
import Synchronization
import Testing
import Vault

@testable import People
@testable import PersonalWallets
@testable import WalletAPI

/// Objects to an erasure from the second time on that it is asked.
private final class LateObjection: PersonalDataHolding {
    let section = "late"
    private let calls = Atomic<Int>(0)

    func export(
        of person: PersonID, under key: DataKey, on connection: inout Connection
    ) throws(PostgreSQLError) -> ExportValue { .members([:]) }

    func objections(
        to erasure: Erasure, on connection: inout Connection
    ) throws(PostgreSQLError) -> [ErasureObjection] {
        calls.add(1, ordering: .relaxed).newValue > 1
            ? [ErasureObjection("too_late", "it is too late")] : []
    }

    func erase(_ erasure: Erasure, on connection: inout Connection) throws(PostgreSQLError) {}
}

/// What people are given of theirs, and how they leave.
@Suite struct DataTests {
    @Test func `a person gets all that is kept of them, and nothing of others`() async throws {
        try await TestAPI.withTwo { api, ann, bob in
            let plain = try await api.pay(ann.token, "@bob", "30.00")
            let told = try await api.mine(
                ann, "payments",
                #"""
                {"to":"@bob","amount":\#(usd("1.00")),"context":{"place":
                    {"latitude":48.137154,"longitude":-11.576124},"country":"DE",
                    "initiated_at":"2026-01-02T03:04:05Z"}}
                """#)
            #expect(told.status == 201, "\(told.text)")
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
            let contexts = data["risk_contexts"].elements
            // The newest first; the older payment told of no place.
            #expect(contexts.map { $0["transfer"] } == [told["id"], plain["id"]])
            #expect(contexts.first?["latitude_microdegrees"].text == "48137154")
            #expect(contexts.first?["longitude_microdegrees"].text == "-11576124")
            #expect(contexts.first?["country"].text == "DE")
            #expect(contexts.first?["initiated_at"].text == "2026-01-02T03:04:05.000000Z")
            #expect(contexts.last?["country"] == .null)
            // Whose device it was is not kept, but that it was the same one both times.
            let device = contexts.first?["device_token"].text
            #expect(device != nil && device == contexts.last?["device_token"].text)
            let ofBob = try await api.mine(bob, "data")
            #expect(!ofBob.text.contains("ann@example.org") && !ofBob.text.contains("Holiday"))
            #expect(ofBob["risk_contexts"].elements.isEmpty)
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
                        SELECT id, 1, $1, $2, 1, envelope, $3 FROM (VALUES
                            ('\\x01'::bytea, 'sealed'::bytea),
                            ('\\x02', decode(repeat('00', 3000000), 'hex')),
                            ('\\x03', decode(repeat('00', 3000000), 'hex')),
                            ('\\x04', 'last')) AS new (id, envelope)
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
                // The large ones are on pages of their own.
                #expect(notes.count == 4 && notes.allSatisfy { $0["id"].text == payments[3] })
                #expect(notes.first?["by"].text == by && notes.first?["about"].text == "payment")
                let envelope = notes.first?["envelope"].text.flatMap { Base64URL.decode($0) }
                #expect(envelope == Array("sealed".utf8))
            }
            let eve = try await api.somebody("eve")
            let ofEve = try await api.mine(eve, "data")
            for name in ["ledger_history", "risk_contexts", "notes", "device_keys", "quotes"] {
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
            // Nothing of the erasure is undone.
            api.clock.shift(seconds: 3_600)
            await api.personalWallets.doChores()
            let view = try await api.get("/v1/accounts/\(account)")
            #expect(view["debits_frozen"] == .bool(true) && view["credits_frozen"] == .bool(true))
        }
    }

    /// Whether debits and credits of somebody's first account are frozen.
    private static func frozen(
        _ api: TestAPI, _ somebody: TestAPI.Somebody
    ) async throws -> [Bool] {
        let account = try await api.personalWallets.all(of: somebody.id)[0].account
        return [account.debitsFrozen, account.creditsFrozen]
    }

    @Test func `an erasure that was cut short is undone, and what staff froze since stays frozen`()
        async throws
    {
        try await TestAPI.withTwo { api, ann, bob in
            _ = try await api.pay(ann.token, "@bob", "100.00")
            let staffs = try await api.personalWallets.all(of: bob.id)[0].publicID
            // As by a process that was killed once it had frozen them.
            for person in [ann.id, bob.id] {
                try await api.personalWallets.freezeAccounts(of: person)
            }
            #expect(try await Self.frozen(api, ann) == [true, true])
            let frozen = try await api.post("/v1/accounts/\(staffs)/freeze", #"{"debits":true}"#)
            #expect(frozen.status == 200, "\(frozen.text)")
            await api.personalWallets.doChores()
            #expect(try await Self.frozen(api, ann) == [true, true])
            api.clock.shift(seconds: ErasureFreezeRow.leaseSeconds + 1)
            await api.personalWallets.doChores()
            #expect(try await Self.frozen(api, ann) == [false, false])
            #expect(try await Self.frozen(api, bob) == [true, false])
            let erased = try await api.mine(ann, "erasure")
            #expect(erased.status == 204, "\(erased.text)")
        }
    }

    @Test func `an erasure that fails leaves accounts as they were, and what staff froze frozen`()
        async throws
    {
        try await TestAPI.withTwo { api, ann, bob in
            _ = try await api.pay(ann.token, "@bob", "100.00")
            let account = try await api.personalWallets.all(of: ann.id)[0].publicID
            _ = try await api.post("/v1/accounts/\(account)/freeze", #"{"credits":true}"#)
            api.people.add(LateObjection())
            let refused = try await api.mine(ann, "erasure")
            #expect(refused.code == "erasure_refused", "\(refused.text)")
            #expect(refused.text.contains("too late"), "\(refused.text)")
            #expect(try await Self.frozen(api, ann) == [false, true])
            // It was undone at once, not by and by.
            let free = try await api.post("/v1/accounts/\(account)/unfreeze", #"{"credits":true}"#)
            #expect(free.status == 200, "\(free.text)")
            api.clock.shift(seconds: ErasureFreezeRow.leaseSeconds + 1)
            await api.personalWallets.doChores()
            #expect(try await Self.frozen(api, ann) == [false, false])
        }
    }
}
