import Cryptography
import EventLog
import Foundation
import HTTPTypes
import Hummingbird
import Identity
import Ledger
import Logging
import PersonalWallets
import Pricing
import Synchronization
import TestCluster
import TestNotices
import Testing
import Vault
import Wallet

@testable import People
@testable import WalletAPI

/// The API on a ledger of its own, asked without a network.
final class TestAPI: Sendable {
    static let key = "hf_operator_operator_operator"
    static let otherKey = "hf_partner_partner_partner_"

    static let issuer = "https://wallet.test"

    let wallet: Wallet
    let people: People
    let sender: KeptNotices
    let engine: StubEngine
    let personalWallets: PersonalWallets
    let clock = ShiftedClock()
    let pricing: Pricing?
    let api: WalletAPI
    let responder: APIResponder
    let logger: Logger
    let database: String

    /// Without an engine the fail policy decides at once.
    init(
        withEngine: Bool, decideWithinMilliseconds: Int64, queueLimit: Int, issuer: String,
        prices: [String: String], fourEyes: [UInt16: Int64], sharesClock: Bool
    ) async throws {
        var logger = Logger(label: "test")
        logger.logLevel = .error
        self.logger = logger
        let engine = StubEngine()
        let token = try #require(TokenKey(bytes: [UInt8](repeating: 7, count: 16)))
        database = try await TestCluster.newDatabase()
        let keyring = Keyring(current: try MasterKey(bytes: [UInt8](repeating: 1, count: 32)))
        var configuration = WalletConfiguration(
            database: database, tokenKey: token, contextKeys: keyring,
            decideWithinMilliseconds: decideWithinMilliseconds, queueLimit: queueLimit)
        // Models whose hash begins with 0 are there.
        configuration.fault = { $0.modelHash.first == 0 ? nil : "there is no such model" }
        pricing = try Self.pricing(prices, logger)
        configuration.pricing = pricing
        wallet = try Wallet(configuration, logger: logger, onBatch: engine.consume)
        self.engine = engine
        if withEngine { engine.attach(to: wallet) }
        let keys = try APIKeys(
            text: "operator \(Self.key)\npartner \(Self.otherKey)\n", path: "keys")
        var ofPeople = PeopleConfiguration(
            database: database,
            keyring: keyring,
            lookupKey: try LookupKey(bytes: [UInt8](repeating: 2, count: 32)), issuer: issuer)
        ofPeople.passwordCost = .init(memoryKiB: 64, passes: 1)
        let clock = clock
        if sharesClock { ofPeople.clock = { clock.now } }
        let sender = KeptNotices(ofPeople, logger: logger) { clock.now }
        self.sender = sender
        people = People(ofPeople, logger: logger) { sender.wake() }
        personalWallets = PersonalWallets(wallet, people, logger: logger) { clock.now }
        api = WalletAPI(
            wallet: wallet, people: people, personalWallets: personalWallets,
            notices: sender.feed, fourEyes: fourEyes, issuer: issuer, keys: keys, logger: logger)
        responder = api.makeResponder()
    }

    /// Runs a test and stops the wallet after it, however it ends.
    ///
    /// - Parameter sharesClock: whether tokens and codes end by ``clock``, too.
    static func run(
        withEngine: Bool = true, decideWithinMilliseconds: Int64 = 5_000, queueLimit: Int = 8_192,
        issuer: String = TestAPI.issuer, prices: [String: String] = [:],
        fourEyes: [UInt16: Int64] = [:], sharesClock: Bool = false,
        _ test: (TestAPI) async throws -> Void
    ) async throws {
        let api = try await TestAPI(
            withEngine: withEngine, decideWithinMilliseconds: decideWithinMilliseconds,
            queueLimit: queueLimit, issuer: issuer, prices: prices, fourEyes: fourEyes,
            sharesClock: sharesClock)
        do {
            try await test(api)
            await api.stop()
        } catch {
            await api.stop()
            throw error
        }
    }

    private func stop() async {
        await people.stop()
        await sender.stop()
        await wallet.stop()
        await pricing?.stop()
    }

    /// Prices from files with these names and texts; nil without any.
    private static func pricing(
        _ texts: [String: String], _ logger: Logger
    ) throws -> Pricing? {
        if texts.isEmpty { return nil }
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("prices-\(UUID().uuidString)")
        for (name, text) in texts {
            let file = folder.appendingPathComponent(name)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
        return try Pricing(PriceFiles(folder: folder.path), logger: logger)
    }

    // MARK: - Requests

    func respond(
        _ method: HTTPRequest.Method, _ path: String, _ body: String? = nil,
        bearer: String? = TestAPI.key, headers: HTTPFields = [:]
    ) async throws -> Response {
        var fields = headers
        if let bearer { fields[.authorization] = "Bearer \(bearer)" }
        let request = Request(
            head: HTTPRequest(
                method: method, scheme: "http", authority: "localhost", path: path,
                headerFields: fields),
            body: RequestBody(buffer: ByteBuffer(string: body ?? "")))
        return await responder.respond(
            to: request, context: APIContext(detached: logger, address: "10.0.0.1"))
    }

    func send(
        _ method: HTTPRequest.Method, _ path: String, _ body: String? = nil,
        key: String? = nil, bearer: String? = TestAPI.key, headers: HTTPFields = [:]
    ) async throws -> Reply {
        var fields = headers
        if let key { fields[.idempotencyKey] = key }
        let response = try await respond(method, path, body, bearer: bearer, headers: fields)
        let collector = BodyCollector()
        try await response.body.write(collector)
        return Reply(
            status: response.status.code, headers: response.headers, bytes: collector.bytes)
    }

    func get(_ path: String) async throws -> Reply { try await send(.get, path) }

    func post(_ path: String, _ body: String? = nil, key: String? = nil) async throws -> Reply {
        try await send(.post, path, body, key: key)
    }

    /// Posts what is to be refused, and expects that nothing is written.
    func postInVain(
        _ path: String, _ body: String? = nil, key: String? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> Reply {
        let head = try await wallet.head()
        let reply = try await post(path, body, key: key)
        let after = try await wallet.head()
        #expect(after == head, "\(path): \(reply.text)", sourceLocation: sourceLocation)
        return reply
    }

    // MARK: - What most tests begin with

    /// Opens an account and funds it. Returns its identifier.
    func openAccount(_ owner: String, funds: String? = nil) async throws -> String {
        let reply = try await post(
            "/v1/accounts", #"{"owner":"\#(owner)","currency":"USD"}"#)
        let id = try #require(reply["id"].text)
        if let funds {
            let funding = try await post("/v1/accounts/\(id)/fund", #"{"amount":\#(usd(funds))}"#)
            #expect(funding.status == 201)
        }
        return id
    }

    func payment(_ payer: String, _ payee: String, _ value: String) -> String {
        #"{"payer":"\#(payer)","payee":"\#(payee)","amount":\#(usd(value))}"#
    }

    /// available, reserved and posted.
    func balance(_ id: String) async throws -> [String] {
        let reply = try await get("/v1/accounts/\(id)")
        return ["available", "reserved", "posted"].map { reply[$0]["value"].text ?? "?" }
    }
}

func usd(_ value: String) -> String { #"{"value":"\#(value)","currency":"USD"}"# }

/// A clock that can be put forward and back.
final class ShiftedClock: Sendable {
    private let shift = Mutex<Int64>(0)

    var now: Timestamp {
        Timestamp(Int64(Date().timeIntervalSince1970 * 1_000_000) + shift.withLock { $0 })
    }

    func shift(seconds: Int64) { shift.withLock { $0 += seconds * 1_000_000 } }
}
