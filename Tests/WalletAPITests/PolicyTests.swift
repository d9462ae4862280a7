import EventLog
import Ledger
import Testing

@testable import WalletAPI

/// With what engines decide, and who is on lists.
@Suite struct PolicyTests {
    private static let good = "00" + String(repeating: "ab", count: 31)
    private static let other = "00" + String(repeating: "cd", count: 31)

    @Test func `policies are events; the newest is in force, and a key activates once`()
        async throws
    {
        try await TestAPI.run { api in
            #expect(try await api.get("/v1/policies")["policies"].elements.isEmpty)
            let body =
                #"{"model":"\#(Self.good)","rules":"score > 0.5 -> hold \"high\"","note":"why"}"#
            let first = try await api.post("/v1/policies", body, key: "policy-1")
            #expect(first.status == 201, "\(first.text)")
            #expect(first["by"].text == "operator" && first["note"].text == "why")
            let again = try await api.post("/v1/policies", body, key: "policy-1")
            #expect(again["sequence"] == first["sequence"])
            _ = try await api.post(
                "/v1/policies", #"{"model":"\#(Self.other)","challenger":"\#(Self.good)"}"#)
            let policies = try await api.get("/v1/policies")["policies"].elements
            #expect(policies.map { $0["model"].text } == [Self.other, Self.good])
            #expect(policies[0]["challenger"].text == Self.good && policies[0]["rules"].text == "")
            #expect(policies[1]["challenger"] == .null)
            #expect(policies[1]["rules"].text == #"score > 0.5 -> hold "high""#)
            let page = try await api.get("/v1/policies?limit=1")
            #expect(page["policies"].elements.count == 1)
            let next = try #require(page["next"].text)
            let rest = try await api.get("/v1/policies?limit=1&before=\(next)")
            #expect(rest["policies"].elements.map { $0["model"].text } == [Self.good])
        }
    }

    @Test func `a policy that engines could not decide with is refused, and nothing is written`()
        async throws
    {
        try await TestAPI.run { api in
            let head = try await api.wallet.head()
            for (body, status, code) in [
                (#"{"model":"\#(String(repeating: "f", count: 64))"}"#, 422, "unusable_policy"),
                (#"{"model":"abc"}"#, 400, "invalid_hash"),
                (#"{"model":"\#(Self.good)","challenger":"zz"}"#, 400, "invalid_hash"),
                (#"{"rules":""}"#, 400, "missing_field"),
                (#"{"model":"\#(Self.good)","thresholds":1}"#, 400, "unknown_field"),
            ] {
                let reply = try await api.post("/v1/policies", body)
                #expect(reply.status == status, "\(body)")
                #expect(reply["code"].text == code, "\(body)")
            }
            #expect(try await api.wallet.head() == head)
        }
    }

    @Test func `who is put on a list is there until taken off`() async throws {
        try await TestAPI.run { api in
            let ann = try await api.openAccount("ann")
            let added = try await api.post(
                "/v1/lists/deny",
                #"{"subject":"payer","identifier":"\#(ann)","until":"2099-01-01T00:00:00Z","note":"mule"}"#
            )
            #expect(added.status == 201)
            _ = try await api.post(
                "/v1/lists/deny", #"{"subject":"device","identifier":"phone-7"}"#)
            // Once more: the newer entry stands.
            _ = try await api.post(
                "/v1/lists/deny", #"{"subject":"device","identifier":"phone-7","note":"again"}"#)
            let entries = try await api.get("/v1/lists/deny")["entries"].elements
            #expect(entries.map { $0["subject"].text } == ["device", "payer"])
            #expect(entries[0]["note"].text == "again" && entries[0]["account"] == .null)
            #expect(entries[0]["until"] == .null)
            #expect(entries[1]["account"].text == ann)
            #expect(entries[1]["until"].text == "2099-01-01T00:00:00.000000Z")
            let removed = try await api.post(
                "/v1/lists/deny/remove", #"{"subject":"payer","identifier":"\#(ann)"}"#)
            #expect(removed["removed"] == .bool(true))
            let rest = try await api.get("/v1/lists/deny")["entries"].elements
            #expect(rest.map { $0["subject"].text } == ["device"])
            #expect(try await api.get("/v1/lists/allow")["entries"].elements.isEmpty)
        }
    }

    @Test func `bad lists, subjects, identifiers and times are told apart`() async throws {
        try await TestAPI.run { api in
            let nobody = "00000000-0000-4000-8000-000000000000"
            for (path, body, status, code) in [
                ("grey", #"{"subject":"device","identifier":"a"}"#, 400, "unknown_list"),
                ("deny", #"{"subject":"city","identifier":"a"}"#, 400, "unknown_subject"),
                ("deny", #"{"subject":"payer","identifier":"a"}"#, 400, "invalid_uuid"),
                ("deny", #"{"subject":"payer","identifier":"\#(nobody)"}"#, 404, "unknown_account"),
                (
                    "deny", #"{"subject":"device","identifier":"a","until":"soon"}"#, 400,
                    "invalid_time"
                ),
                (
                    "deny/remove", #"{"subject":"device","identifier":"a","until":"x"}"#, 400,
                    "unknown_field"
                ),
            ] {
                let reply = try await api.post("/v1/lists/\(path)", body)
                #expect(reply.status == status, "\(path) \(body)")
                #expect(reply["code"].text == code, "\(path) \(body)")
            }
        }
    }
}
