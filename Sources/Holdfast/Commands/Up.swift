import ArgumentParser
import Foundation
import Logging
import Operations
import Scoring

struct Up: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run everything on this machine: PostgreSQL, wallet, risk engine.",
        discussion: """
            Makes a private PostgreSQL cluster in the home at first start, migrates it, and runs the \
            wallet's service and the risk engine as two supervised processes. Ctrl-C stops everything; the next \
            start goes on where this one ended.
            """)

    @OptionGroup var home: HomeOptions
    @OptionGroup var stream: StreamOptions
    @OptionGroup var policy: PolicyOptions
    @OptionGroup var people: PeopleOptions
    @OptionGroup var web: WebOptions
    @OptionGroup var log: LogOptions
    @Option(help: "HTTP port on 127.0.0.1.") var port = 8080
    @Option(help: "Model file.") var model = "Models/default/model.hfm"
    @Flag(
        inversion: .prefixedNo,
        help: "Run a risk engine here; without one, an engine elsewhere may follow the stream.")
    var engine = true
    @Option(
        help: """
            HTTP port on 127.0.0.1 at which GET /metrics tells of the engine, without a key; none unless given.
            """)
    var engineMetricsPort: Int?
    @Flag(help: "Let a simulated population pay through the HTTP API.") var simulate = false
    @Option(help: "Payments a second of the simulated population.") var rate = 25.0
    @Flag(help: "Plain log lines even in a terminal.") var plain = false

    func validate() throws {
        try Port.check(port)
        try Port.check(engineMetricsPort, option: "--engine-metrics-port")
        try people.check()
        try web.check()
        guard rate > 0, rate <= 100_000 else {
            throw ValidationError("--rate \(rate): payments a second, above 0 and up to 100000")
        }
    }

    func run() async throws {
        // Before anything is made or started: an engine that can never begin would be started over and over.
        if engine {
            guard FileManager.default.fileExists(atPath: model) else {
                throw ValidationError("no model at \(model): give one with --model")
            }
            _ = try RiskModel.load(path: model)
        }
        let home = try home.open()
        let lock = try HomeLock(home)
        defer { lock.release() }
        let isTerminal = simulate && !plain && LiveView.standardOutputIsTerminal
        let logger = try log.logger("holdfast")
        let stop = StopSignal()
        var settings = Supervisor.Settings(
            executable: CommandLine.executablePath, model: model, port: port,
            logsToFiles: isTerminal, logLevel: log.logLevel, stream: stream.stream,
            policy: policy.settings, runsEngine: engine, engineMetricsPort: engineMetricsPort)
        settings.walletArguments = people.arguments + web.arguments
        let supervisor = try Supervisor(home, settings: settings, logger: logger)
        var population: Task<Void, Never>?
        if simulate {
            let rate = rate
            let port = port
            population = Task {
                let simulated = Population(
                    home: home, port: port, rate: rate, isTerminal: isTerminal)
                do { try await simulated.run() } catch {
                    // A stop cancels it: that is no failure. Everything else runs on without it.
                    guard !Task.isCancelled else { return }
                    logger.error(
                        "the simulated population failed", metadata: ["error": "\(error)"])
                }
            }
        }
        defer { population?.cancel() }
        let simulation = population
        stop.onRaise { simulation?.cancel() }
        let result: Result<Void, any Error>
        do {
            try await supervisor.run(stop) {}
            result = .success(())
        } catch { result = .failure(error) }
        simulation?.cancel()
        _ = await simulation?.value
        try result.get()
        logger.info("stopped")
    }
}

/// The simulated population of `up` and of `simulate`.
struct Population: Sendable {
    var home: Home
    var port: Int
    var rate: Double
    var isTerminal: Bool
    var limit: Int?
    var seed: UInt64 = 1
    var people: Int?

    func run() async throws {
        let key = try await waitForKey()
        let http = try HTTPClient(host: "127.0.0.1", port: port, connections: 128, bearer: key)
        let client = WalletClient(http)
        let patience = ContinuousClock.now + .seconds(5)
        var isWaiting = false
        while !(await client.isReady()) {
            if Task.isCancelled { return await http.close() }
            if !isWaiting, ContinuousClock.now > patience {
                isWaiting = true
                FileHandle.standardError.write(
                    Data("waiting for a wallet and its engine at 127.0.0.1:\(port)\n".utf8))
            }
            try? await Task.sleep(for: .milliseconds(100))
        }
        let load = SimulatedLoad(client, seed: seed, rate: rate, people: people)
        let view = LiveView(
            load.statistics, title: "http://127.0.0.1:\(port)  ·  home \(home.path)",
            isTerminal: isTerminal)
        let viewing = Task { await view.run() }
        await load.run(limit: limit)
        viewing.cancel()
        await viewing.value
        await http.close()
    }

    /// The wallet makes its keys at its first start.
    private func waitForKey() async throws -> String {
        while true {
            if let key = try? OperatorKey.read(home) { return key }
            try await Task.sleep(for: .milliseconds(50))
        }
    }
}

extension CommandLine {
    /// This executable's file.
    static var executablePath: String {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
            ?? arguments[0]
    }
}
