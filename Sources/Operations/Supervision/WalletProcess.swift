internal import Cryptography
internal import Foundation
public import Identity
public import Ledger
public import Logging
internal import NIOCore
internal import People
internal import PersonalWallets
internal import PostgreSQL
internal import PostingStream
internal import Pricing
internal import Synchronization
internal import Vault
internal import Wallet
public import WalletAPI

/// `holdfast wallet`: the ledger's service, its HTTP API and, under a lease, the stream's publisher.
public struct WalletProcess: Sendable {
    /// What is served, and where.
    public struct Settings: Sendable {
        /// Address that the API listens at.
        public var host: String
        /// Port that the API listens at; 0 for any that is free.
        public var port: Int
        /// What the ledger does when nobody decides, and how long states last.
        public var policy: LedgerPolicy
        /// How long a payment waits for its decision, in milliseconds.
        public var decideWithinMilliseconds: Int64
        /// Where the postings are served; at a socket file of the home unless given.
        public var stream: StreamAddress?
        /// How long a repeated request is known by its idempotency key, in seconds.
        public var keyRetentionSeconds: Int64
        /// How long after something was erased the engine's state is made anew without it, in seconds.
        public var rebaseAfterSeconds = PolicySettings().rebaseAfter.seconds
        /// The service's address, as clients know it; that at which it listens unless given.
        public var issuer: String?
        /// Addresses at which the application that comes with the service is answered.
        public var applicationURIs: [RedirectURI] = []
        /// Of what is held, the most that one alone may release, by number of currency, in minor units.
        public var fourEyes: [UInt16: Int64] = [:]
        /// How often, from which pages and how quickly clients may ask.
        public var web = WebSettings()

        /// Settings with what is usual for all that is not given.
        public init(
            host: String = "127.0.0.1", port: Int, policy: LedgerPolicy = LedgerPolicy(),
            decideWithinMilliseconds: Int64 = 500, stream: StreamAddress? = nil,
            keyRetentionSeconds: Int64 = PolicySettings().keyRetention.seconds
        ) {
            self.host = host
            self.port = port
            self.policy = policy
            self.decideWithinMilliseconds = decideWithinMilliseconds
            self.stream = stream
            self.keyRetentionSeconds = keyRetentionSeconds
        }
    }

    private let home: Home
    private let settings: Settings
    private let logger: Logger

    /// A wallet on a home's cluster; nothing is started yet.
    public init(_ home: Home, settings: Settings, logger: Logger) {
        self.home = home
        self.settings = settings
        self.logger = logger
    }

    /// Serves until `stop` is raised.
    public func run(_ stop: StopSignal) async throws {
        let cluster = try home.cluster()
        let keys = try APIKeys(file: home.keysPath)
        let holder =
            "\(ProcessInfo.processInfo.hostName)/\(getpid())/\(UInt64.random(in: 0...UInt64.max))"
        let role = try publisherRole(holder: holder)
        let pricing: Pricing
        do throws(PricingError) {
            pricing = try Pricing(PriceFiles(folder: home.pricesPath), logger: logger)
        } catch { throw OperationError("\(error)") }
        let masterKeys = MasterKeys(home)
        let keyring = try masterKeys.keyring()
        let wallet = try await openWallet(cluster, role, pricing, keyring, stop)
        let publishing = Task { await role.run(wallet) }
        // Tokens name the address: it must be known before there are any.
        let port = settings.port == 0 ? LocalPort.anyFree() ?? 0 : settings.port
        // Passkeys are made for a name, not for a number.
        let host = settings.host == "127.0.0.1" ? "localhost" : settings.host
        let issuer = settings.issuer ?? "http://\(host):\(port)"
        let ofPeople = PeopleConfiguration(
            database: cluster.connection(application: "holdfast-people"), keyring: keyring,
            lookupKey: try masterKeys.lookupKey(), issuer: issuer)
        let notices = try NoticeService(home, ofPeople, logger: logger)
        let people = try await openPeople(ofPeople, notices)
        let signer = try AuditSigner(home, cluster, logger: logger)
        let signing = Task { await signer.run() }
        let watch = MasterKeyWatch(home, keyring, logger: logger)
        let watching = Task { await watch.run() }
        let personalWallets = PersonalWallets(wallet, people, logger: logger)
        personalWallets.start()
        let api = WalletAPI(
            wallet: wallet, people: people, personalWallets: personalWallets,
            notices: notices.feed, fourEyes: settings.fourEyes, issuer: issuer, keys: keys,
            web: settings.web, logger: logger)
        let home = home
        let logger = logger
        let served = Mutex<Int?>(nil)
        let serving = Task {
            try await api.run(host: settings.host, port: port) { port in
                try? home.record(port: port)
                served.withLock { $0 = port }
                logger.info("serving", metadata: ["address": "http://127.0.0.1:\(port)"])
            }
        }
        stop.onRaise { serving.cancel() }
        let result = await serving.result
        if let port = served.withLock({ $0 }) { home.forget(port: port) }
        publishing.cancel()
        await publishing.value
        await personalWallets.stop()
        await people.stop()
        await notices.stop()
        signing.cancel()
        await signing.value
        watching.cancel()
        await watching.value
        await wallet.stop()
        await pricing.stop()
        guard case .failure(let error) = result, !stop.isRaised else { return }
        if let error = error as? IOError, error.errnoCode == EADDRINUSE {
            throw OperationError(
                "port \(port) of \(settings.host) is in use: choose another --port")
        }
        throw error
    }

    private func openPeople(
        _ configuration: PeopleConfiguration, _ notices: NoticeService
    ) async throws -> People {
        let people = People(configuration, logger: logger) { notices.wake() }
        let issuer = configuration.issuer
        let uris = settings.applicationURIs + [RedirectURI("\(issuer)/signed-in")].compactMap { $0 }
        do throws(PeopleError) { try await people.registerApplication(uris) } catch {
            await people.stop()
            throw error
        }
        return people
    }

    private func publisherRole(holder: String) throws(OperationError) -> PublisherRole {
        let keys = StreamKeys(home)
        let address = try home.streamAddress(settings.stream)
        let endpoint = try keys.endpoint(address)
        guard let served = endpoint.serverKeys else {
            return PublisherRole(endpoint, holder: holder, logger: logger)
        }
        if served.allowed.isEmpty {
            logger.warning(
                "no client may connect yet: `holdfast stream allow` lets one in",
                metadata: ["path": "\(keys.allowedPath)"])
        }
        let logger = logger
        let told = Mutex("")
        return PublisherRole(endpoint, holder: holder, logger: logger) {
            do throws(OperationError) { return try keys.allowedKeys() } catch {
                // Asked for each second; each fault is said once.
                let cause = error.description
                let isNew = told.withLock { told in
                    defer { told = cause }
                    return told != cause
                }
                if isNew {
                    logger.warning(
                        "the allow-list stays as it was", metadata: ["error": "\(cause)"])
                }
                return nil
            }
        }
    }

    /// Waits for the database, which may still be starting.
    private func openWallet(
        _ cluster: PrivateCluster, _ role: PublisherRole, _ pricing: Pricing, _ keyring: Keyring,
        _ stop: StopSignal
    ) async throws -> Wallet {
        var configuration = WalletConfiguration(
            database: cluster.connection(application: "holdfast-wallet"),
            tokenKey: try home.tokenKey(), contextKeys: keyring, policy: settings.policy,
            decideWithinMilliseconds: settings.decideWithinMilliseconds,
            keyRetentionSeconds: settings.keyRetentionSeconds)
        configuration.rebaseAfterSeconds = settings.rebaseAfterSeconds
        configuration.pricing = pricing
        let models = home.keptModels
        configuration.fault = { PolicyCheck.fault(in: $0, modelFor: models) }
        var isWaiting = false
        while true {
            do throws(PostgreSQLError) {
                var connection = try Connection(configuration.database)
                try PlainContexts.seal(under: keyring, &connection)
                return try Wallet(configuration, logger: logger) { role.publish($0) }
            } catch {
                guard error.isConnectionLost, !stop.isRaised else { throw error }
                if !isWaiting {
                    logger.warning("waiting for the database", metadata: ["error": "\(error)"])
                }
                isWaiting = true
                try? await Task.sleep(for: .milliseconds(100))
            }
        }
    }
}
