import HTTPTypes
import Hummingbird
import Identity
import NIOCore
import Testing

@testable import WalletAPI

extension TestAPI {
    typealias Somebody = (id: PersonID, token: String)

    /// Somebody who has signed in.
    func somebody(_ name: String) async throws -> Somebody {
        let id = try await register("\(name)@example.org", handle: name)
        return (id, try await token("\(name)@example.org"))
    }

    /// Two people with tokens, the first of them with 100 dollars.
    static func withTwo(
        prices: [String: String] = [:],
        _ test: (TestAPI, _ ann: Somebody, _ bob: Somebody) async throws -> Void
    ) async throws {
        try await run(prices: prices) { api in
            try await api.registerApplication()
            let ann = try await api.somebody("ann")
            let bob = try await api.somebody("bob")
            try await api.fund(ann, "100")
            try await test(api, ann, bob)
        }
    }

    /// Gives somebody dollars, or money of another currency.
    func fund(_ somebody: Somebody, _ value: String, _ currency: String = "USD") async throws {
        let opened = try await send(
            .post, "/v1/me/wallets", #"{"currency":"\#(currency)"}"#, bearer: somebody.token)
        #expect(opened.status == 200, "\(opened.text)")
        let account = try #require(opened["id"].text)
        let funded = try await post(
            "/v1/accounts/\(account)/fund",
            #"{"amount":{"value":"\#(value)","currency":"\#(currency)"}}"#)
        #expect(funded.status == 201, "\(funded.text)")
    }

    func pay(
        _ token: String, _ to: String, _ value: String, key: String? = nil
    ) async throws -> Reply {
        try await send(
            .post, "/v1/me/payments", #"{"to":"\#(to)","amount":\#(usd(value))}"#, key: key,
            bearer: token)
    }

    /// What somebody can spend of a currency; nil without a wallet of it.
    func available(_ token: String, _ currency: String = "USD") async throws -> String? {
        let wallets = try await send(.get, "/v1/me/wallets", bearer: token)
        return wallets["wallets"].elements.first { $0["currency"].text == currency }?["available"][
            "value"
        ].text
    }

    /// Posts as somebody.
    func mine(
        _ somebody: Somebody, _ path: String, _ body: String? = nil, key: String? = nil
    ) async throws -> Reply {
        try await send(.post, "/v1/me/\(path)", body, key: key, bearer: somebody.token)
    }

    /// Asks as somebody.
    func ask(_ somebody: Somebody, _ path: String) async throws -> Reply {
        try await send(.get, "/v1/me/\(path)", bearer: somebody.token)
    }

    /// Sends a body that is no JSON.
    func sendBytes(
        _ method: HTTPRequest.Method, _ path: String, _ bytes: [UInt8], bearer: String
    ) async throws -> Reply {
        let request = Request(
            head: HTTPRequest(
                method: method, scheme: "http", authority: "localhost", path: path,
                headerFields: [.authorization: "Bearer \(bearer)"]),
            body: RequestBody(buffer: ByteBuffer(bytes: bytes)))
        let response = await responder.respond(
            to: request, context: APIContext(detached: logger, address: "10.0.0.1"))
        let collector = BodyCollector()
        try await response.body.write(collector)
        return Reply(
            status: response.status.code, headers: response.headers, bytes: collector.bytes)
    }
}
