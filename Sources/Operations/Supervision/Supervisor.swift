internal import Foundation
internal import LinearAlgebra
public import Logging
internal import PostgreSQL
internal import ProcessControl

/// Starts the cluster and the two services as processes of their own, starts again what ends, and stops all in
/// order. Services end by themselves when the supervisor is gone; a cluster that is left over is taken over.
public struct Supervisor: Sendable {
    /// What is run, and how.
    public struct Settings: Sendable {
        /// Path of the executable that the services are run with.
        public var executable: String
        /// Path of the model that the engine decides with.
        public var model: String
        /// Port of 127.0.0.1 at which the wallet serves its API.
        public var port: Int
        /// Whether services write to their log files instead of standard error.
        public var logsToFiles: Bool
        /// Of the services, as the option has it.
        public var logLevel: String
        /// Where the postings are served; at a socket file of the home unless given.
        public var stream: StreamAddress?
        /// Options of the wallet for what nobody decides.
        public var policy: PolicySettings
        /// Without an engine of its own, another may follow the stream.
        public var runsEngine: Bool
        /// Port of 127.0.0.1 at which the engine serves its measurements; nowhere unless given.
        public var engineMetricsPort: Int?
        /// Further options of the wallet, as its command takes them.
        public var walletArguments: [String] = []

        /// Settings with what is usual for all that is not given.
        public init(
            executable: String, model: String, port: Int, logsToFiles: Bool,
            logLevel: String = "info", stream: StreamAddress? = nil,
            policy: PolicySettings = PolicySettings(), runsEngine: Bool = true,
            engineMetricsPort: Int? = nil
        ) {
            self.executable = executable
            self.model = model
            self.port = port
            self.logsToFiles = logsToFiles
            self.logLevel = logLevel
            self.stream = stream
            self.policy = policy
            self.runsEngine = runsEngine
            self.engineMetricsPort = engineMetricsPort
        }
    }

    private struct Service {
        var name: String
        var arguments: [String]
        var process: ChildProcess?
        var startedAt = ContinuousClock.now
        var restartAt = ContinuousClock.now
        var failures = 0
    }

    private let home: Home
    private let cluster: PrivateCluster
    private let settings: Settings
    private let logger: Logger

    /// A supervisor of a home. Throws if the home's cluster cannot be used.
    public init(_ home: Home, settings: Settings, logger: Logger) throws(OperationError) {
        self.home = home
        self.settings = settings
        self.logger = logger
        cluster = try home.cluster()
    }

    /// Supervises until `stop` is raised, then stops everything. `onReady` is called when the cluster accepts
    /// connections and the services were started.
    public func run(_ stop: StopSignal, onReady: @escaping @Sendable () -> Void)
        async throws(OperationError)
    {
        try checkStream()
        do {
            try startCluster(stop)
            try await wait(for: settings.port, "--port", stop)
            if settings.runsEngine, let port = settings.engineMetricsPort {
                try await wait(for: port, "--engine-metrics-port", stop)
            }
        } catch {
            cluster.stop()
            throw error
        }
        let pacer = WritebackPacer(cluster)
        defer { pacer.stop() }
        var services = self.services
        if !stop.isRaised {
            for index in services.indices { start(&services[index]) }
            onReady()
        }
        var nextClusterCheck = ContinuousClock.now
        while !stop.isRaised {
            for index in services.indices { check(&services[index]) }
            if ContinuousClock.now >= nextClusterCheck {
                checkCluster(stop)
                nextClusterCheck = .now + .milliseconds(500)
            }
            try? await Task.sleep(for: .milliseconds(50))
        }
        await end(services)
        cluster.stop()
    }

    /// What a service would find out only when it is started, and then again and again.
    private func checkStream() throws(OperationError) {
        guard let stream = settings.stream else { return }
        _ = try StreamKeys(home).endpoint(stream)
        if settings.runsEngine { _ = try StreamKeys(home).clientKeys(stream) }
    }

    /// A service that an earlier supervisor left may still be ending; another program will not.
    private func wait(
        for port: Int, _ option: String, _ stop: StopSignal
    ) async throws(OperationError) {
        let deadline = ContinuousClock.now + .seconds(12)
        var isWaiting = false
        while !stop.isRaised, !LocalPort.isFree(port) {
            guard ContinuousClock.now < deadline else {
                throw OperationError(
                    "port \(port) of 127.0.0.1 is in use by another program: stop it, or choose "
                        + "another \(option)")
            }
            if !isWaiting { logger.warning("waiting for port \(port), which is in use") }
            isWaiting = true
            try? await Task.sleep(for: .milliseconds(100))
        }
    }

    private var services: [Service] {
        var common = ["--supervised", "--log-level", settings.logLevel]
        if let stream = settings.stream { common += ["--stream", stream.text] }
        let wallet = ["wallet", "--home", home.path, "--port", "\(settings.port)"]
        var risk = ["risk", "--home", home.path, "--model", settings.model]
        if let port = settings.engineMetricsPort { risk += ["--metrics-port", "\(port)"] }
        var services = [
            Service(
                name: "wallet",
                arguments: wallet + common + settings.policy.arguments + settings.walletArguments)
        ]
        if settings.runsEngine { services.append(Service(name: "risk", arguments: risk + common)) }
        return services
    }

    // MARK: - The cluster

    private func startCluster(_ stop: StopSignal) throws(OperationError) {
        do throws(ClusterError) {
            if !cluster.exists { logger.info("making a private PostgreSQL cluster") }
            try startPatiently(stop)
        } catch { throw OperationError("\(error)") }
        guard var connection = try connectPatiently(stop) else { return }
        do { try home.migrate(&connection) } catch {
            throw OperationError("the database cannot be migrated: \(error)")
        }
    }

    /// A server that was found running may still be starting, after a crash of its own: until it is done it takes no
    /// connections. It is waited for, for ten minutes at most, and started if it gives up: what another supervisor
    /// began to start may fail, as processes of the server before it still ended. Nil if it is not needed any more.
    private func connectPatiently(_ stop: StopSignal) throws(OperationError) -> Connection? {
        let deadline = ContinuousClock.now + .seconds(600)
        var isSaid = false
        while true {
            do throws(PostgreSQLError) { return try Connection(cluster.connection()) } catch {
                if stop.isRaised { return nil }
                guard error.isConnectionLost, ContinuousClock.now < deadline
                else { throw OperationError("the database cannot be reached: \(error)") }
                if !isSaid {
                    logger.warning(
                        "waiting for PostgreSQL to start", metadata: ["error": "\(error)"])
                }
                isSaid = true
                usleep(100_000)
                if cluster.processIdentifier == nil {
                    do throws(ClusterError) { try startPatiently(stop) } catch {
                        throw OperationError("\(error)")
                    }
                }
                // Whoever started it may not have come to this.
                try? cluster.createDatabase("holdfast")
            }
        }
    }

    /// What an earlier supervisor left may still be ending.
    private func startPatiently(_ stop: StopSignal) throws(ClusterError) {
        let deadline = ContinuousClock.now + .seconds(20)
        while true {
            do throws(ClusterError) {
                return try cluster.start(unless: { stop.isRaised })
            } catch {
                guard ContinuousClock.now < deadline else { throw error }
                logger.warning("PostgreSQL does not start yet", metadata: ["error": "\(error)"])
                usleep(500_000)
            }
        }
    }

    private func checkCluster(_ stop: StopSignal) {
        if cluster.processIdentifier != nil { return }
        logger.warning("PostgreSQL ended; starting it again")
        do throws(ClusterError) { try cluster.start(unless: { stop.isRaised }) } catch {
            logger.error("PostgreSQL cannot be started", metadata: ["error": "\(error)"])
        }
    }

    // MARK: - Services

    private func start(_ service: inout Service) {
        var environment = ProcessInfo.processInfo.environment
        for variable in NumericFingerprint.environment {
            environment[variable.name] = variable.value
        }
        do throws(SpawnError) {
            service.process = try ChildProcess.start(
                settings.executable, service.arguments, environment: environment,
                output: settings.logsToFiles ? .file(home.logPath(service.name)) : .inherit,
                ownGroup: true)
            service.startedAt = .now
        } catch {
            logger.error(
                "cannot start", metadata: ["service": "\(service.name)", "error": "\(error)"])
            delay(&service)
        }
    }

    private func check(_ service: inout Service) {
        guard let process = service.process else {
            if ContinuousClock.now >= service.restartAt { start(&service) }
            return
        }
        guard let ending = process.poll() else { return }
        process.closePipes()
        service.process = nil
        logger.warning(
            "\(service.name) \(ending); starting it again",
            metadata: ["pid": "\(process.identifier)"])
        if ContinuousClock.now - service.startedAt > .seconds(10) { service.failures = 0 }
        delay(&service)
    }

    private func delay(_ service: inout Service) {
        let milliseconds = min(5_000, 50 << min(service.failures, 7))
        service.failures += 1
        service.restartAt = .now + .milliseconds(milliseconds)
    }

    /// Asks all services to end, waits, and ends those that do not.
    private func end(_ services: [Service]) async {
        var running = services.compactMap(\.process)
        for process in running { process.send(signal: SIGTERM) }
        let deadline = ContinuousClock.now + .seconds(15)
        while !running.isEmpty, ContinuousClock.now < deadline {
            running.removeAll { $0.poll() != nil }
            if !running.isEmpty { try? await Task.sleep(for: .milliseconds(20)) }
        }
        for process in running {
            process.send(signal: SIGKILL)
            _ = process.wait()
        }
    }
}
