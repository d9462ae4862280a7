import HTTPTypes
import Testing

@testable import WalletAPI

@Suite struct BadInputTests {
    /// A body of `POST /v1/transfers`, and what is wrong with it. ANN, BOB and EVE (who has euros) stand for
    /// accounts, OK for a good amount.
    private static let payments: [(body: String, status: Int, code: String, field: String?)] = [
        ("", 400, "missing_field", "payer"),
        ("{", 400, "malformed_json", nil),
        ("{}x", 400, "malformed_json", nil),
        ("[1]", 400, "wrong_type", nil),
        (#"{"payer":"ANN","payee":"BOB"}"#, 400, "missing_field", "amount"),
        (#"{"payer":"ANN","payee":"BOB","amount":null}"#, 400, "missing_field", "amount"),
        (#"{"payer":7,"payee":"BOB","amount":OK}"#, 400, "wrong_type", "payer"),
        (#"{"payer":"ann","payee":"BOB","amount":OK}"#, 400, "invalid_uuid", "payer"),
        (#"{"payer":"ANN","payee":"BOB","amount":OK,"tip":1}"#, 400, "unknown_field", "tip"),
        (
            #"{"payer":"ANN","payer":"ANN","payee":"BOB","amount":OK}"#, 400, "duplicate_field",
            "payer"
        ),
        (#"{"payer":"ANN","payee":"BOB","amount":12.5}"#, 400, "wrong_type", "amount"),
        (amount(#"{"value":12.5,"currency":"USD"}"#), 400, "wrong_type", "amount.value"),
        (amount(#"{"value":"1"}"#), 400, "missing_field", "amount.currency"),
        (amount(#"{"value":"1","currency":"USD","unit":1}"#), 400, "unknown_field", "amount.unit"),
        (amount(#"{"value":"1","currency":"XYZ"}"#), 400, "unknown_currency", "amount.currency"),
        (amount(#"{"value":"1.001","currency":"USD"}"#), 400, "too_many_decimals", "amount.value"),
        (amount(#"{"value":"1.0","currency":"JPY"}"#), 400, "too_many_decimals", "amount.value"),
        (
            amount(#"{"value":"92233720368547758.08","currency":"USD"}"#), 400, "amount_overflow",
            "amount.value"
        ),
        (amount(#"{"value":"0.00","currency":"USD"}"#), 400, "zero_amount", "amount.value"),
        (amount(#"{"value":"-1","currency":"USD"}"#), 400, "negative_amount", "amount.value"),
        (amount(#"{"value":"1e3","currency":"USD"}"#), 400, "malformed_amount", "amount.value"),
        (amount(#"{"value":"+1","currency":"USD"}"#), 400, "malformed_amount", "amount.value"),
        (amount(#"{"value":" 1","currency":"USD"}"#), 400, "malformed_amount", "amount.value"),
        (amount(#"{"value":"1.","currency":"USD"}"#), 400, "malformed_amount", "amount.value"),
        (amount(#"{"value":"","currency":"USD"}"#), 400, "empty_string", "amount.value"),
        (context("[]"), 400, "wrong_type", "context"),
        (context(#"{"colour":"red"}"#), 400, "unknown_field", "context.colour"),
        (
            context(#"{"device":"\#(String(repeating: "x", count: 257))"}"#), 400, "too_long",
            "context.device"
        ),
        (context(#"{"device":"a\u0000b"}"#), 400, "invalid_string", "context.device"),
        (context(#"{"place":{"latitude":1}}"#), 400, "missing_field", "context.place.longitude"),
        (
            context(#"{"place":{"latitude":90.1,"longitude":0}}"#), 400, "invalid_coordinates",
            "context.place.latitude"
        ),
        (
            context(#"{"place":{"latitude":0,"longitude":1e9}}"#), 400, "invalid_coordinates",
            "context.place.longitude"
        ),
        (
            context(#"{"place":{"latitude":"0","longitude":0}}"#), 400, "wrong_type",
            "context.place.latitude"
        ),
        (
            context(#"{"country":"Germany"}"#), 400, "invalid_country", "context.country"
        ),
        (
            context(#"{"merchant_category":"541"}"#), 400, "invalid_merchant_category",
            "context.merchant_category"
        ),
        (context(#"{"initiated_at":"yesterday"}"#), 400, "invalid_time", "context.initiated_at"),
        (#"{"payer":"ANN","payee":"ANN","amount":OK}"#, 422, "same_payer_and_payee", nil),
        (#"{"payer":"NONE","payee":"BOB","amount":OK}"#, 404, "unknown_account", nil),
        (#"{"payer":"ANN","payee":"EVE","amount":OK}"#, 422, "currency_mismatch", nil),
        (amount(#"{"value":"1.00","currency":"EUR"}"#), 422, "currency_mismatch", nil),
        (amount(#"{"value":"100.01","currency":"USD"}"#), 422, "insufficient_funds", nil),
        (
            amount(#"{"value":"92233720368547758.07","currency":"USD"}"#), 422,
            "insufficient_funds",
            nil
        ),
    ]

    private static func amount(_ json: String) -> String {
        #"{"payer":"ANN","payee":"BOB","amount":\#(json)}"#
    }
    private static func context(_ json: String) -> String {
        #"{"payer":"ANN","payee":"BOB","amount":OK,"context":\#(json)}"#
    }

    @Test func `every bad payment is refused by its own code and field, and nothing is written`()
        async throws
    {
        try await TestAPI.run { api in
            let ann = try await api.openAccount("ann", funds: "100.00")
            let bob = try await api.openAccount("bob")
            let eve = try await api.post("/v1/accounts", #"{"owner":"eve","currency":"EUR"}"#)
            let words = [
                "ANN": ann, "BOB": bob, "EVE": try #require(eve["id"].text),
                "NONE": "00000000-0000-7000-8000-000000000001", "OK": usd("1.00"),
            ]
            let head = try await api.wallet.head()
            for path in ["/v1/transfers", "/v1/authorizations"] {
                for (index, wrong) in Self.payments.enumerated() {
                    let body = words.reduce(wrong.body) { $0.replacing($1.key, with: $1.value) }
                    let reply = try await api.post(path, body, key: "k\(index)")
                    #expect(reply.status == wrong.status, "\(body)")
                    #expect(reply.code == wrong.code, "\(body): \(reply.text)")
                    if let field = wrong.field { #expect(reply["field"].text == field, "\(body)") }
                    #expect(reply.headers[.contentType] == "application/problem+json")
                }
            }
            #expect(try await api.wallet.head() == head)
            #expect(try await api.balance(ann) == ["100.00", "0.00", "100.00"])
        }
    }

    @Test func `other routes refuse bad input alike, and nothing is written`() async throws {
        try await TestAPI.run { api in
            let ann = try await api.openAccount("ann", funds: "1.00")
            let none = "00000000-0000-7000-8000-000000000001"
            let account = "/v1/accounts/\(ann)"
            let head = try await api.wallet.head()
            let wrongs: [(HTTPRequest.Method, String, String?, Int, String)] = [
                (
                    .post, "/v1/accounts", #"{"owner":"x","currency":"usd"}"#, 400,
                    "unknown_currency"
                ),
                (.post, "/v1/accounts", #"{"owner":"","currency":"USD"}"#, 400, "empty_string"),
                (.get, "/v1/accounts/7", nil, 400, "invalid_uuid"),
                (.get, "/v1/accounts/\(none)", nil, 404, "unknown_account"),
                (.get, "\(account)?x=1", nil, 400, "unknown_parameter"),
                (.get, "\(account)/history?limit=0", nil, 400, "invalid_parameter"),
                (.get, "\(account)/history?limit=201", nil, 400, "invalid_parameter"),
                (.get, "\(account)/history?before=x", nil, 400, "invalid_parameter"),
                (.get, "\(account)/history?limit=1&limit=2", nil, 400, "invalid_parameter"),
                (.get, "\(account)/balance?time=now", nil, 400, "invalid_time"),
                (
                    .get, "\(account)/balance?sequence=1&time=2026-01-01T00:00:00Z", nil, 400,
                    "invalid_parameter"
                ),
                (
                    .post, "\(account)/fund", #"{"amount":{"value":"1","currency":"EUR"}}"#, 422,
                    "currency_mismatch"
                ),
                (
                    .post, "/v1/accounts/\(none)/fund", #"{"amount":\#(usd("1"))}"#, 404,
                    "unknown_account"
                ),
                (.post, "\(account)/freeze", #"{"debits":1}"#, 400, "wrong_type"),
                (
                    .put, "\(account)/limits", #"{"overdraft":\#(usd("-1"))}"#, 400,
                    "negative_amount"
                ),
                (.put, "\(account)/limits", #"{"hour_count":-1}"#, 400, "wrong_type"),
                (.put, "\(account)/limits", #"{"hour_count":1.5}"#, 400, "wrong_type"),
                (.get, "/v1/transfers/\(none)", nil, 404, "unknown_transfer"),
                (.post, "/v1/transfers/\(none)/refund", nil, 404, "unknown_transfer"),
                (.post, "/v1/transfers/\(none)/challenge", "{}", 400, "missing_field"),
                (
                    .post, "/v1/transfers/\(none)/challenge", #"{"passed":true}"#, 404,
                    "unknown_transfer"
                ),
                (.post, "/v1/authorizations/\(none)/capture", "{}", 404, "unknown_transfer"),
                (.post, "/v1/authorizations/\(none)/void", #"{"x":1}"#, 400, "unknown_field"),
                (.post, "/v1/reviews/\(none)/release", nil, 404, "unknown_transfer"),
                (
                    .post, "/v1/labels", #"{"transfer":"\#(none)","verdict":"fraud?"}"#, 400,
                    "unknown_verdict"
                ),
                (
                    .post, "/v1/labels", #"{"transfer":"\#(none)","verdict":"cleared"}"#, 404,
                    "unknown_transfer"
                ),
                (.get, "/v1/reviews?before=1", nil, 400, "unknown_parameter"),
            ]
            for (method, path, body, status, code) in wrongs {
                let reply = try await api.send(method, path, body)
                #expect(reply.status == status && reply.code == code, "\(path): \(reply.text)")
                #expect(reply["status"].text == "\(status)")
            }
            #expect(try await api.wallet.head() == head)
        }
    }

    @Test func `a funding transfer is not refunded, and a payment is not captured`() async throws {
        try await TestAPI.run { api in
            let ann = try await api.openAccount("ann")
            let bob = try await api.openAccount("bob")
            let funding = try await api.post(
                "/v1/accounts/\(ann)/fund", #"{"amount":\#(usd("5.00"))}"#)
            let id = try #require(funding["id"].text)
            #expect(try await api.post("/v1/transfers/\(id)/refund").code == "not_refundable")
            #expect(try await api.get("/v1/authorizations/\(id)").code == "unknown_transfer")
            let paid = try await api.post("/v1/transfers", api.payment(ann, bob, "1.00"))
            let capture = try await api.post(
                "/v1/authorizations/\(try #require(paid["id"].text))/capture")
            #expect(capture.status == 409 && capture.code == "wrong_state")
        }
    }

    @Test func `a body may have 64 KiB and not a byte more`() async throws {
        try await TestAPI.run { api in
            let start = #"{"owner":"x","currency":"USD""#
            func body(_ count: Int) -> String {
                start + String(repeating: " ", count: count - start.utf8.count - 1) + "}"
            }
            #expect(try await api.post("/v1/accounts", body(65_536)).status == 201)
            let head = try await api.wallet.head()
            let large = try await api.post("/v1/accounts", body(65_537))
            #expect(large.status == 413 && large.code == "body_too_large")
            let announced = try await api.send(
                .post, "/v1/accounts", "{}", headers: [.contentLength: "65537"])
            #expect(announced.status == 413)
            #expect(try await api.wallet.head() == head)
        }
    }
}
