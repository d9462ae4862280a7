import APIDocument
import EventLog
import Ledger
import Testing

@testable import WalletAPI

@Suite struct OpenAPITests {
    private static let document = (try? JSONParser.parse(APIDocument.json)) ?? .null

    @Test func `the document describes exactly the routes that there are`() async throws {
        try await TestAPI.run { api in
            var described: Set<RouteTemplates.Template> = []
            for path in Self.document["paths"].names {
                for method in Self.document["paths"][path].names {
                    described.insert(.init(path: path, method: method.uppercased()))
                }
            }
            #expect(described == Set(RouteTemplates(api.api.makeRouter()).all))
            let served = try await api.get("/openapi.json")
            let isWhole = served.bytes == APIDocument.json
            #expect(isWhole)
        }
    }

    @Test func `the document names every refusal, and every reference leads somewhere`() {
        let codes = Set(
            Self.document["components"]["schemas"]["Code"]["enum"].elements.compactMap(\.text))
        for refusal in Refusal.allCases { #expect(codes.contains(refusal.rawValue)) }
        var references: [String] = []
        func collect(_ value: JSONValue) {
            if let reference = value["$ref"].text { references.append(reference) }
            for name in value.names { collect(value[name]) }
            for element in value.elements { collect(element) }
        }
        collect(Self.document)
        #expect(references.count > 100)
        for reference in Set(references) {
            #expect(Self.resolve(reference) != .null, "\(reference)")
        }
    }

    @Test func `the answers have exactly the documented fields`() async throws {
        try await TestAPI.run { api in
            api.engine.decide(1_100, .hold)
            let opened = try await api.post("/v1/accounts", #"{"owner":"a","currency":"USD"}"#)
            let ann = try #require(opened["id"].text)
            let bob = try await api.openAccount("bob")
            let limited = try await api.send(
                .put, "/v1/accounts/\(ann)/limits", #"{"hour_sum":\#(usd("500"))}"#)
            let funded = try await api.post(
                "/v1/accounts/\(ann)/fund", #"{"amount":\#(usd("100"))}"#)
            let paid = try await api.post("/v1/transfers", api.payment(ann, bob, "1.00"))
            let held = try await api.post("/v1/transfers", api.payment(ann, bob, "11.00"))
            let refund = try await api.post(
                "/v1/transfers/\(try #require(paid["id"].text))/refund")
            let label = try await api.post(
                "/v1/labels",
                #"{"transfer":"\#(try #require(paid["id"].text))","verdict":"cleared"}"#)
            let declined = try await api.post(
                "/v1/reviews/\(try #require(held["id"].text))/decline", #"{"note":"no"}"#)
            #expect(!declined["notes"].elements.isEmpty)
            _ = try await api.post("/v1/transfers", api.payment(ann, bob, "11.00"))
            let policy = try await api.post(
                "/v1/policies", #"{"model":"\#(String(repeating: "0", count: 64))","note":"first"}"#
            )
            let listed = try await api.post(
                "/v1/lists/deny", #"{"subject":"payer","identifier":"\#(ann)"}"#)
            let removed = try await api.post(
                "/v1/lists/watch/remove", #"{"subject":"device","identifier":"phone"}"#)
            for (schema, reply) in [
                ("Policy", policy), ("ListChange", listed), ("ListChange", removed),
                ("Policies", try await api.get("/v1/policies")),
                ("ListEntries", try await api.get("/v1/lists/deny")),
                ("Account", opened), ("Account", limited), ("Transfer", funded),
                ("Transfer", paid), ("Transfer", held), ("Transfer", declined),
                ("Transfer", refund), ("Label", label),
                ("History", try await api.get("/v1/accounts/\(ann)/history?limit=1")),
                ("Balance", try await api.get("/v1/accounts/\(ann)/balance")),
                ("Reviews", try await api.get("/v1/reviews")),
                ("Alerts", try await api.get("/v1/alerts")),
                ("Live", try await api.get("/health/live")),
                ("Ready", try await api.get("/health/ready")),
                ("Problem", try await api.get("/v1/accounts/x")),
                ("Problem", try await api.get("/v1/nothing")),
            ] {
                Self.check(reply.json, "#/components/schemas/\(schema)")
            }
        }
    }

    private static func resolve(_ reference: String) -> JSONValue {
        reference.split(separator: "/").dropFirst().reduce(document) { $0[String($1)] }
    }

    private static func check(_ value: JSONValue, _ reference: String) {
        check(value, resolve(reference), at: reference)
    }

    /// The part of JSON Schema that the document uses for answers.
    private static func check(_ value: JSONValue, _ schema: JSONValue, at place: String) {
        if let reference = schema["$ref"].text { return check(value, reference) }
        if let first = schema["oneOf"].elements.first {
            if value != .null { check(value, first, at: place) }
            return
        }
        let words = schema["enum"].elements.compactMap(\.text)
        if !words.isEmpty { #expect(value.text.map(words.contains) == true, "\(place): \(value)") }
        let types = schema["type"].text.map { [$0] } ?? schema["type"].elements.compactMap(\.text)
        switch value {
        case .null: #expect(types.contains("null"), "\(place)")
        case .bool: #expect(types.contains("boolean"), "\(place)")
        case .number: #expect(types.contains("number") || types.contains("integer"), "\(place)")
        case .string: #expect(types.isEmpty || types.contains("string"), "\(place)")
        case .array(let elements):
            #expect(types.contains("array"), "\(place)")
            for element in elements { check(element, schema["items"], at: place + "[]") }
        case .object(let members):
            #expect(types.contains("object"), "\(place)")
            let known = schema["properties"].names
            #expect(Set(members.map(\.name)).isSubset(of: known), "\(place)")
            let required = schema["required"].elements.compactMap(\.text)
            #expect(Set(required).isSubset(of: members.map(\.name)), "\(place)")
            for member in members {
                check(
                    member.value, schema["properties"][member.name], at: "\(place).\(member.name)")
            }
        }
    }
}
