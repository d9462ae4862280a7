import Cryptography
import EventLog
import Identity
import Logging
import Notices
import Synchronization
import TestCluster
import TestNotices
import Testing
import Vault

@testable import People

/// People on a database of their own, with a clock that the test moves and messages that it reads.
final class TestPeople: Sendable {
    static let issuer = "https://wallet.test"
    static let password = "correct horse battery"
    static let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    static let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    static let redirectURI = "https://app.test/cb"

    let sender: KeptNotices
    let people: People
    let database: String

    private init(
        _ change: (inout PeopleConfiguration) -> Void, logger given: Logger?
    ) async throws {
        database = try await TestCluster.newDatabase()
        var configuration = try Self.configuration(database)
        change(&configuration)
        let time = Clock(time: Timestamp(1_750_000_000_000_000))
        clock = time
        configuration.clock = { time.now }
        var logger = given ?? Logger(label: "test")
        if given == nil { logger.logLevel = .error }
        let sender = KeptNotices(configuration, logger: logger) { time.now }
        self.sender = sender
        people = People(configuration, logger: logger) { sender.wake() }
        _ = try await people.registerClient(
            "app", name: "App", redirectURIs: [try #require(RedirectURI(Self.redirectURI))],
            scopes: .ofPeople.union(.ofStaff), isConfidential: false, by: "operator")
    }

    static func configuration(_ database: String) throws -> PeopleConfiguration {
        var configuration = PeopleConfiguration(
            database: database,
            keyring: Keyring(current: try MasterKey(bytes: [UInt8](repeating: 1, count: 32))),
            lookupKey: try LookupKey(bytes: [UInt8](repeating: 2, count: 32)), issuer: issuer)
        // What a hash costs is no matter of these tests.
        configuration.passwordCost = .init(memoryKiB: 64, passes: 1)
        return configuration
    }

    final class Clock: Sendable {
        private let time: Mutex<Timestamp>
        init(time: Timestamp) { self.time = Mutex(time) }
        var now: Timestamp { time.withLock { $0 } }
        func advance(_ seconds: Int64) { time.withLock { $0 = $0.adding(seconds: seconds) } }
    }
    let clock: Clock

    static func run(
        _ change: (inout PeopleConfiguration) -> Void = { _ in }, logger: Logger? = nil,
        _ test: (TestPeople) async throws -> Void
    ) async throws {
        let people = try await TestPeople(change, logger: logger)
        do {
            try await test(people)
            await people.stop()
        } catch {
            await people.stop()
            throw error
        }
    }

    private func stop() async {
        await people.stop()
        await sender.stop()
    }

    // MARK: - What most tests begin with

    func message(to contact: String, after count: Int = 0) async throws -> NoticeContent {
        try await sender.last(to: contact, after: count)
    }

    func code(of sent: People.Sent) async throws -> String {
        try await sender.code(of: "\(sent.verification)")
    }

    func register(_ email: String, handle: String? = nil) async throws -> PersonID {
        let sent = try await people.register(
            .init(
                contact: try #require(ContactPoint(email: email)), password: Self.password,
                name: "Ann Example", handle: handle.flatMap { Handle($0) }), from: "10.0.0.1")
        return try await people.confirmRegistration(
            sent.verification, code: try await code(of: sent))
    }

    func signIn(
        _ identifier: String, password: String = TestPeople.password,
        from address: String = "10.0.0.1",
        device: DeviceID? = nil
    ) async throws -> People.SignIn {
        try await people.signIn(
            identifier, password: password, device: .init(id: device, name: "Phone"), from: address)
    }

    /// The code that a client is given for a sign-in.
    func authorize(_ signIn: People.SignIn, scope: String? = nil) async throws -> String {
        let answer = try await people.authorize(Self.request(scope: scope), signIn: signIn.secret)
        // Of somebody who is erased meanwhile there is none, which is for the test to judge.
        guard case .redirect(let location) = answer, let code = Self.parameters(location)["code"]
        else { throw KeptNotices.Missing() }
        return code
    }

    static func request(scope: String? = nil) -> People.AuthorizationRequest {
        var request = People.AuthorizationRequest(client: "app")
        request.responseType = "code"
        request.redirectURI = redirectURI
        request.scope = scope
        request.state = "xyz"
        request.challenge = challenge
        request.challengeMethod = "S256"
        return request
    }

    static func parameters(_ location: String) -> [String: String] {
        var found: [String: String] = [:]
        for pair in location.split(separator: "?").last?.split(separator: "&") ?? [] {
            let parts = pair.split(separator: "=", maxSplits: 1)
            if parts.count == 2 { found[String(parts[0])] = String(parts[1]) }
        }
        return found
    }

    static let app = People.ClientCredentials(id: "app", secret: nil)

    func exchange(_ code: String) async throws -> People.Granted {
        try await people.exchange(
            code: code, redirectURI: Self.redirectURI, verifier: Self.verifier, by: Self.app)
    }

    /// Tokens of somebody who signs in now.
    func tokens(_ identifier: String) async throws -> People.Granted {
        try await exchange(try await authorize(try await signIn(identifier)))
    }
}

/// The code of what is thrown; nil if nothing is.
func refusal(_ body: () async throws -> Void) async -> String? {
    do {
        try await body()
        return nil
    } catch let error as PeopleError {
        return error.code
    } catch let error as GrantError {
        return error.code
    } catch {
        return "\(error)"
    }
}
