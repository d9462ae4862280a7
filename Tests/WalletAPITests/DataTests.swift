import Identity
import PostgreSQL
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
