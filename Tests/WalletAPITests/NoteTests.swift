import EventLog
import Testing

@testable import WalletAPI

@Suite struct NoteTests {
    @Test func `a transfer tells who reviewed, challenged and labelled it, and what they wrote`()
        async throws
    {
        try await TestAPI.run { api in
            api.engine.decide(1_100, .hold)
            api.engine.decide(500, .challenge)
            let ann = try await api.openAccount("ann", funds: "100.00")
            let bob = try await api.openAccount("bob")
            let held = try await api.post("/v1/transfers", api.payment(ann, bob, "11.00"))
            let path = "/v1/transfers/\(try #require(held["id"].text))"
            #expect(!held.json.names.contains("notes"))
            let early = try await api.post(
                "/v1/labels",
                #"{"transfer":"\#(try #require(held["id"].text))","verdict":"cleared"}"#)
            #expect(early["by"].text == "operator")
            #expect(
                try await Self.notes(api.get("/v1/reviews")["reviews"][0]["transfer"])
                    == ["operator: "])
            let release = "/v1/reviews/\(try #require(held["id"].text))/release"
            let body = #"{"note":"called the payer"}"#
            let released = try await api.send(
                .post, release, body, key: "r", bearer: TestAPI.otherKey)
            #expect(Self.notes(released) == ["operator: ", "partner: called the payer"])
            #expect(released["notes"][1]["sequence"] == released["sequence"])

            // A refused review leaves no trace; a label after the review is no part of the review's answer.
            let late = try await api.post(
                "/v1/reviews/\(try #require(held["id"].text))/decline", #"{"note":"late"}"#)
            #expect(late.code == "wrong_state")
            _ = try await api.post(
                "/v1/labels",
                #"{"transfer":"\#(try #require(held["id"].text))","verdict":"cleared"}"#)
            #expect(
                try await Self.notes(api.get(path))
                    == ["operator: ", "partner: called the payer", "operator: "])
            let again = try await api.send(
                .post, release, body, key: "r", bearer: TestAPI.otherKey)
            #expect(again.bytes == released.bytes)

            for passed in [true, false] {
                let asked = try await api.post("/v1/transfers", api.payment(ann, bob, "5.00"))
                let answered = try await api.post(
                    "/v1/transfers/\(try #require(asked["id"].text))/challenge",
                    #"{"passed":\#(passed)}"#)
                #expect(Self.notes(answered) == ["operator: "])
            }
            let logged = try await api.wallet.queries.batches(after: .zero, limit: 1_000)
            for word in ["partner", "operator", "called"] {
                #expect(!logged.contains { $0.payload.contains(Array(word.utf8)) }, "\(word)")
            }
        }
    }

    private static func notes(_ reply: Reply) -> [String] { notes(reply.json) }

    private static func notes(_ transfer: JSONValue) -> [String] {
        transfer["notes"].elements.map { "\($0["by"].text ?? "?"): \($0["note"].text ?? "")" }
    }
}
