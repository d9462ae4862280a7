import AuditTrail
import Cryptography
import Foundation
import HTTPTypes
import Identity
import Logging
import PostgreSQL
import TestCluster
import Testing

@testable import People
@testable import TestAuthenticator
@testable import WalletAPI

/// Two people, a program and money, among whom things are refused.
final class RefusalScene {
    static let missing = "00000000-0000-7000-8000-000000000001"

    let api: TestAPI
    var ann: TestAPI.Somebody
    var bob: TestAPI.Somebody
    /// Where the audit log and the balances stood before what is refused.
    private(set) var entriesBefore = 0
    private(set) var balancesBefore: [String] = []
    /// What must not be in any entry.
    private(set) var secrets = [
        TestAPI.password, "wrong horse battery", TestAPI.verifier, "10.0.0.1", "example.org",
        "30901820", "hf_guess",
    ]
    private var fields: [String: String] = [:]
    private var refreshTokens: [String] = []
    private var authenticator: SoftwareAuthenticator?

    private init(_ api: TestAPI) async throws {
        self.api = api
        try await api.registerApplication()
        ann = try await api.somebody("ann")
        bob = try await api.somebody("bob")
        try await api.fund(ann, "100")
        let other = try await api.post(
            "/v1/clients",
            #"{"id":"other","name":"Other","scope":"profile","redirect_uris":["\#(TestAPI.redirectURI)"]}"#
        )
        #expect(other.status == 201, "\(other.text)")
        let shop = try await api.post(
            "/v1/clients", #"{"id":"shop","name":"Shop","scope":"payments:read"}"#)
        #expect(shop.status == 201, "\(shop.text)")
    }

    static func run(_ test: (RefusalScene) async throws -> Void) async throws {
        let rates = """
            source,test
            observed_at,\(ShiftedClock().now.adding(seconds: -60).rfc3339())
            maximum_age_seconds,2000000
            pivot,EUR
            EUR,USD,1.25
            """
        try await TestAPI.run(prices: ["rates.csv": rates], sharesClock: true) { api in
            try await test(try await RefusalScene(api))
        }
    }

    /// Remembers how things are.
    func begin() async throws {
        entriesBefore = try await entries().count
        balancesBefore = try await balances()
    }

    /// What is refused, after what led there.
    func last(_ refused: () async throws -> Reply) async throws -> Reply {
        try await begin()
        return try await refused()
    }

    func entries() async throws -> [AuditEntry] {
        try await api.wallet.queries.transaction { connection throws(PostgreSQLError) in
            try AuditLog.entries(from: 0, limit: 10_000, &connection)
        }
    }

    func isWhole() async throws -> Bool {
        let database = api.database
        return try await OwnThread.run {
            var connection = try Connection(database)
            return try AuditVerifier.run(&connection, keys: []).isWhole
        }
    }

    /// Of all accounts, as the ledger has them.
    func balances() async throws -> [String] {
        try await api.wallet.queries.transaction { connection throws(PostgreSQLError) in
            let rows = try connection.query(
                Statement(
                    "test.balances",
                    """
                    SELECT a.id || ' ' || e.posted || ' ' || e.reserved FROM account a
                    CROSS JOIN LATERAL (SELECT posted, reserved FROM entry WHERE account_id = a.id
                        ORDER BY sequence DESC LIMIT 1) e
                    ORDER BY a.id
                    """))
            return (0..<rows.count).map { rows.text($0, 0) }
        }
    }

    /// The problem's code, or OAuth's, in the body or in where the browser is sent.
    func code(of reply: Reply) -> String? {
        if let code = reply.code ?? reply["error"].text { return code }
        let items = reply.headers[.location].flatMap { URLComponents(string: $0)?.queryItems } ?? []
        return items.first { $0.name == "error" }?.value
    }

    /// Lets time go by after which tokens of before may be worth nothing.
    func signInAgain() async throws {
        ann.token = try await api.token("@ann")
        bob.token = try await api.token("@bob")
    }

    // MARK: - OAuth

    func authorize(_ change: (inout [String: String]) -> Void) async throws -> Reply {
        var query = [
            "response_type": "code", "client_id": "app", "redirect_uri": TestAPI.redirectURI,
            "state": "s", "code_challenge": TestAPI.challenge, "code_challenge_method": "S256",
        ]
        change(&query)
        let text = query.sorted { $0.key < $1.key }.map {
            $0.key + "="
                + ($0.value.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")
        }.joined(separator: "&")
        let cookie = try await api.signIn("@ann").cookie
        return try await last {
            try await self.api.send(
                .get, "/oauth/authorize?" + text, bearer: nil, headers: [.cookie: cookie])
        }
    }

    private func send(_ fields: [String: String]) async throws -> Reply {
        secrets += [fields["code"], fields["refresh_token"], fields["client_secret"]]
            .compactMap { $0 }
        return try await api.form("/oauth/token", fields.map { ($0.key, $0.value) })
    }

    func exchange(
        after seconds: Int64 = 0, _ change: (inout [String: String]) -> Void
    ) async throws -> Reply {
        let code = try await api.authorize(try await api.signIn("@ann").cookie)["code"]
        fields = [
            "grant_type": "authorization_code", "code": try #require(code),
            "redirect_uri": TestAPI.redirectURI, "code_verifier": TestAPI.verifier,
            "client_id": "app",
        ]
        change(&fields)
        api.clock.shift(seconds: seconds)
        return try await last { try await self.send(self.fields) }
    }

    func exchangeTwice() async throws -> Reply {
        let first = try await exchange { _ in }
        #expect(first.status == 200, "\(first.text)")
        return try await exchangeAgain()
    }

    func exchangeAgain() async throws -> Reply {
        try await last { try await self.send(self.fields) }
    }

    func freshRefreshToken() async throws -> String {
        try #require(try await api.tokens("@ann")["refresh_token"].text)
    }

    var newestRefreshToken: String { refreshTokens.last ?? "" }

    func refresh(_ token: String, scope: String? = nil) async throws -> Reply {
        var fields = ["grant_type": "refresh_token", "refresh_token": token, "client_id": "app"]
        fields["scope"] = scope
        return try await last { try await self.send(fields) }
    }

    func refreshTwice() async throws -> Reply {
        let token = try await freshRefreshToken()
        let first = try await refresh(token)
        refreshTokens.append(try #require(first["refresh_token"].text, "\(first.text)"))
        return try await refresh(token)
    }

    func grant(secret: String) async throws -> Reply {
        try await send([
            "grant_type": "client_credentials", "client_id": "shop", "client_secret": secret,
        ])
    }

    // MARK: - Tokens

    func show(_ token: String) async throws -> Reply {
        secrets.append(token)
        return try await last { try await self.api.send(.get, "/v1/me", bearer: token) }
    }

    /// Ann's token with another header or signature.
    func token(header: String? = nil, signature: String? = nil) -> String {
        var parts = ann.token.split(separator: ".").map(String.init)
        if let header { parts[0] = Base64URL.encode(Array(header.utf8)) }
        if let signature { parts[2] = signature }
        return parts.joined(separator: ".")
    }

    /// Signed by the same key, for another service on the same database.
    func tokenOfAnotherIssuer() async throws -> String {
        var configuration = api.people.configuration
        configuration.issuer = "https://other.test"
        let other = People(configuration, logger: api.logger)
        let issued = try await other.tokens.issue(
            subject: "app", client: "app", scopes: .profile, session: nil)
        await other.stop()
        return issued.token
    }

    func tokenOfAnEndedSession() async throws -> String {
        let token = try await api.token("@ann")
        let session = try #require(try await api.people.tokens.bearer(of: token)?.session)
        try await api.people.end(session, of: ann.id)
        return token
    }

    // MARK: - Codes that were sent

    private func sent(_ path: String, _ body: String, bearer: String? = nil) async throws
        -> (id: String, code: String)
    {
        let sent = try await api.send(.post, path, body, bearer: bearer)
        let id = try #require(sent["id"].text, "\(sent.text)")
        let code = try await api.sender.code(of: id)
        secrets.append(code)
        return (id, code)
    }

    private static func wrong(_ code: String) -> String { code == "111111" ? "222222" : "111111" }

    private func confirm(
        _ path: String, _ code: String, more: String = "", bearer: String? = nil
    ) async throws -> Reply {
        try await last {
            try await self.api.send(
                .post, path, #"{"code":"\#(code)"\#(more)}"#, bearer: bearer)
        }
    }

    func confirmRegistration(code: String?) async throws -> Reply {
        let sent = try await sent(
            "/v1/registrations",
            #"{"email":"cleo@example.org","password":"\#(TestAPI.password)"}"#)
        return try await confirm(
            "/v1/registrations/\(sent.id)/confirm", code ?? Self.wrong(sent.code))
    }

    func confirmRegistrationTwice() async throws -> Reply {
        let sent = try await sent(
            "/v1/registrations",
            #"{"email":"cleo@example.org","password":"\#(TestAPI.password)"}"#)
        let path = "/v1/registrations/\(sent.id)/confirm"
        let first = try await confirm(path, sent.code)
        #expect(first.status == 201, "\(first.text)")
        return try await confirm(path, sent.code)
    }

    func confirmReset(after seconds: Int64) async throws -> Reply {
        let sent = try await sent("/v1/password-resets", #"{"email":"ann@example.org"}"#)
        api.clock.shift(seconds: seconds)
        let reply = try await confirm(
            "/v1/password-resets/\(sent.id)/confirm",
            seconds == 0 ? Self.wrong(sent.code) : sent.code,
            more: #","password":"another horse battery""#)
        if seconds > 0 { try await signInAgain() }
        return reply
    }

    func confirmContact(by somebody: TestAPI.Somebody, isRight: Bool) async throws -> Reply {
        let sent = try await sent(
            "/v1/me/contacts", #"{"email":"other\#(isRight ? 1 : 2)@example.org"}"#,
            bearer: ann.token)
        return try await confirm(
            "/v1/me/contacts/\(sent.id)/confirm", isRight ? sent.code : Self.wrong(sent.code),
            bearer: somebody.token)
    }

    func addContact(_ phone: String, to somebody: TestAPI.Somebody) async throws {
        let sent = try await sent(
            "/v1/me/contacts", #"{"phone":"\#(phone)"}"#, bearer: somebody.token)
        let reply = try await confirm(
            "/v1/me/contacts/\(sent.id)/confirm", sent.code, bearer: somebody.token)
        #expect(reply.status < 300, "\(reply.text)")
    }

    func confirmTimeBasedCodes() async throws -> Reply {
        let begun = try await api.mine(ann, "totp", "{}")
        secrets.append(try #require(begun["secret"].text, "\(begun.text)"))
        return try await confirm("/v1/me/totp/confirm", "123456", bearer: ann.token)
    }

    // MARK: - Passkeys

    enum Misuse { case twice, toAnother, late }

    /// Ann's, registered when it is first asked for.
    private func key() async throws -> SoftwareAuthenticator {
        if let authenticator { return authenticator }
        var authenticator = SoftwareAuthenticator()
        authenticator.origin = TestAPI.issuer
        authenticator.relyingPartyID = "wallet.test"
        authenticator.userHandle = try #require(Passkeys.handle(of: ann.id)).bytes
        let asked = try await api.mine(ann, "passkeys/options", "{}")
        authenticator.challenge = try Self.challenge(asked)
        let added = try await answer(
            "/v1/me/passkeys", asked, try authenticator.registrationJSON(), bearer: ann.token)
        #expect(added.status == 201, "\(added.text)")
        self.authenticator = authenticator
        return authenticator
    }

    private static func challenge(_ asked: Reply) throws -> [UInt8] {
        let text = try #require(asked["public_key"]["challenge"].text, "\(asked.text)")
        return try #require(Base64URL.decode(text))
    }

    private func answer(
        _ path: String, _ asked: Reply, _ credential: String, bearer: String? = nil
    ) async throws -> Reply {
        let id = try #require(asked["challenge"].text, "\(asked.text)")
        return try await last {
            try await self.api.send(
                .post, path, #"{"challenge":"\#(id)","credential":\#(credential)}"#,
                bearer: bearer)
        }
    }

    private func assertion(_ asked: Reply) async throws -> String {
        var key = try await key()
        key.challenge = try Self.challenge(asked)
        key.signCount += 1
        authenticator = key
        return try key.assertionJSON()
    }

    func signInWithPasskey(_ misuse: Misuse) async throws -> Reply {
        _ = try await key()
        let (options, path) = ("/v1/sign-in/passkey/options", "/v1/sign-in/passkey")
        let asked = try await api.send(.post, options, "{}", bearer: nil)
        let credential = try await assertion(asked)
        switch misuse {
        case .twice:
            let first = try await answer(path, asked, credential)
            #expect(first.status == 200, "\(first.text)")
            return try await answer(path, asked, credential)
        case .toAnother:
            let another = try await api.send(.post, options, "{}", bearer: nil)
            return try await answer(path, another, credential)
        case .late:
            api.clock.shift(seconds: 301)
            return try await answer(path, asked, credential)
        }
    }

    func stepUpTwice() async throws -> Reply {
        _ = try await key()
        let asked = try await api.mine(ann, "step-up/passkey/options", "{}")
        let credential = try await assertion(asked)
        let first = try await answer(
            "/v1/me/step-up/passkey", asked, credential, bearer: ann.token)
        #expect(first.status == 204, "\(first.text)")
        return try await answer("/v1/me/step-up/passkey", asked, credential, bearer: ann.token)
    }

    func registerPasskeyTwice() async throws -> Reply {
        var other = try await key()
        other.credentialID = [UInt8](repeating: 9, count: 32)
        let asked = try await api.mine(ann, "passkeys/options", "{}")
        other.challenge = try Self.challenge(asked)
        let credential = try other.registrationJSON()
        let first = try await answer("/v1/me/passkeys", asked, credential, bearer: ann.token)
        #expect(first.status == 201, "\(first.text)")
        return try await answer("/v1/me/passkeys", asked, credential, bearer: ann.token)
    }

    /// A payment of Ann's that waits to be confirmed, and what her passkey signs for it.
    func challenged() async throws -> (id: String, answer: String) {
        _ = try await key()
        let paid = try await api.pay(ann.token, "@bob", "20.00")
        let id = try #require(paid["id"].text, "\(paid.text)")
        let asked = try await api.mine(ann, "payments/\(id)/confirm/options")
        let question = try #require(asked["challenge"].text, "\(asked.text)")
        let credential = try await assertion(asked)
        return (id, #"{"challenge":"\#(question)","credential":\#(credential)}"#)
    }

    // MARK: - Money

    func request(
        of payer: TestAPI.Somebody, by requester: TestAPI.Somebody, _ value: String
    ) async throws -> String {
        let handle = payer.id == ann.id ? "ann" : "bob"
        let asked = try await api.mine(
            requester, "requests",
            #"{"shares":[{"from":"@\#(handle)","amount":\#(usd(value))}]}"#)
        return try #require(asked["id"].text, "\(asked.text)")
    }

    func claim(_ address: String) async throws -> String {
        let paid = try await api.pay(ann.token, address, "3.00")
        return try #require(paid["claim"]["id"].text, "\(paid.text)")
    }

    /// An offer to Ann, as what takes it.
    func quote() async throws -> String {
        let quote = try await api.mine(
            ann, "exchanges/quotes", #"{"sell":\#(usd("10.00")),"currency":"EUR"}"#)
        return #"{"quote":"\#(try #require(quote["id"].text, "\(quote.text)"))"}"#
    }

    private func authorized() async throws -> String {
        let payer = try await api.openAccount("payer", funds: "50")
        let payee = try await api.openAccount("payee")
        let held = try await api.post("/v1/authorizations", api.payment(payer, payee, "20.00"))
        return "/v1/authorizations/\(try #require(held["id"].text, "\(held.text)"))/capture"
    }

    func captureTwice() async throws -> Reply {
        let path = try await authorized()
        let first = try await api.post(path, "{}")
        #expect(first.status < 300, "\(first.text)")
        return try await last {
            try await self.api.send(.post, path, "{}", bearer: TestAPI.otherKey)
        }
    }

    func captureTooMuch() async throws -> Reply {
        let path = try await authorized()
        return try await last {
            try await self.api.send(
                .post, path, #"{"amount":\#(usd("20.01"))}"#, bearer: TestAPI.otherKey)
        }
    }
}
