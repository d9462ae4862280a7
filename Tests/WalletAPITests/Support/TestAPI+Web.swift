import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization
import Testing

@testable import WalletAPI

extension TestAPI {
    /// The same service, with other settings for clients.
    func api(_ web: WebSettings, clock: TickClock? = nil) throws -> WalletAPI {
        let keys = try APIKeys(
            text: "operator \(Self.key)\npartner \(Self.otherKey)\n", path: "keys")
        var api = WalletAPI(
            wallet: wallet, people: people, personalWallets: personalWallets, issuer: Self.issuer,
            keys: keys, web: web, logger: logger)
        if let clock { api.limits = CallerLimits(web.allowances, clock: { clock.now }) }
        return api
    }

    /// Serves it on a port while the closure runs.
    func serving(_ web: WebSettings, _ body: (Int) async throws -> Void) async throws {
        let (ports, listening) = AsyncStream.makeStream(of: Int.self)
        let api = try api(web)
        let server = Task { try await api.run(port: 0) { listening.yield($0) } }
        var iterator = ports.makeAsyncIterator()
        let port = try #require(await iterator.next())
        do { try await body(port) } catch {
            server.cancel()
            try await server.value
            throw error
        }
        server.cancel()
        try await server.value
    }
}

extension APIResponder {
    /// Asks without a network.
    func ask(
        _ method: HTTPRequest.Method, _ path: String, bearer: String? = nil,
        headers: HTTPFields = [:], from address: String = "10.0.0.1"
    ) async throws -> Reply {
        var fields = headers
        if let bearer { fields[.authorization] = "Bearer \(bearer)" }
        let request = Request(
            head: HTTPRequest(
                method: method, scheme: "http", authority: "localhost", path: path,
                headerFields: fields),
            body: RequestBody(buffer: ByteBuffer()))
        let response = await respond(
            to: request, context: APIContext(detached: .init(label: "test"), address: address))
        let collector = BodyCollector()
        try await response.body.write(collector)
        return Reply(
            status: response.status.code, headers: response.headers, bytes: collector.bytes)
    }
}

extension Reply {
    func header(_ name: String) -> String? { HTTPField.Name(name).flatMap { headers[$0] } }
}

/// A clock that moves when it is told to, in nanoseconds.
final class TickClock: Sendable {
    private let moment = Mutex<Int64>(1_000_000_000)
    var now: Int64 { moment.withLock { $0 } }
    func advance(milliseconds: Int64) { moment.withLock { $0 += milliseconds * 1_000_000 } }
}
