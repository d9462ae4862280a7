import ArgumentParser
import Foundation
import Logging
import Operations

struct WalletCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wallet", abstract: "Run the wallet's service: ledger, HTTP API, publisher.")

    @OptionGroup var home: HomeOptions
    @OptionGroup var stream: StreamOptions
    @OptionGroup var policy: PolicyOptions
    @OptionGroup var log: LogOptions
    @Option(help: "Address to listen at.") var host = "127.0.0.1"
    @Option(help: "HTTP port; 0 lets the system choose.") var port = 8080
    @OptionGroup var people: PeopleOptions
    @OptionGroup var web: WebOptions
    @Flag(help: .hidden) var supervised = false

    func validate() throws {
        try Port.check(port, least: 0)
        try people.check()
        try web.check()
    }

    func run() async throws {
        let stop = StopSignal(supervised: supervised)
        var settings = WalletProcess.Settings(
            host: host, port: port, policy: try policy.settings.ledgerPolicy(),
            decideWithinMilliseconds: policy.settings.decideWithin.milliseconds,
            stream: stream.stream, keyRetentionSeconds: policy.settings.keyRetention.seconds)
        settings.rebaseAfterSeconds = policy.settings.rebaseAfter.seconds
        settings.issuer = people.issuer
        settings.applicationURIs = try people.redirectURIs()
        settings.fourEyes = try people.fourEyes()
        settings.web = try web.settings(
            decideWithin: policy.settings.decideWithin.milliseconds)
        let process = WalletProcess(
            try home.open(), settings: settings,
            logger: try log.logger("wallet"))
        try await process.run(stop)
    }
}

struct Risk: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Run the risk engine.")

    @OptionGroup var home: HomeOptions
    @OptionGroup var stream: StreamOptions
    @OptionGroup var log: LogOptions
    @Option(help: "Model file.") var model = "Models/default/model.hfm"
    @Option(
        help: """
            HTTP port at which GET /metrics tells of the engine, without a key; none unless given, 0 lets the system \
            choose.
            """)
    var metricsPort: Int?
    @Option(help: "Address at which metrics are served.") var metricsHost = "127.0.0.1"
    @Flag(help: .hidden) var supervised = false

    func validate() throws { try Port.check(metricsPort, least: 0, option: "--metrics-port") }

    func run() throws {
        let stop = StopSignal(supervised: supervised)
        let process = RiskProcess(
            try home.open(), model: model, stream: stream.stream,
            metrics: metricsPort.map { MetricsAddress(host: metricsHost, port: $0) },
            logger: try log.logger("risk"))
        try process.run(stop)
    }
}

struct Simulate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Let a simulated population pay through the HTTP API of a running wallet.")

    @OptionGroup var home: HomeOptions
    @Option(help: "HTTP port of the wallet; that of the home unless given.") var port: Int?
    @Option(help: "Payments a second.") var rate = 25.0
    @Option(help: "People; at least 1,000 for each payment a second keeps their pace natural.")
    var people: Int?
    @Option(help: "End after so many payments.") var limit: Int?
    @Option(help: "Seed of the population.") var seed: UInt64 = 1
    @Flag(help: "Plain log lines even in a terminal.") var plain = false

    func validate() throws {
        try Port.check(port)
        guard rate > 0, rate <= 100_000 else {
            throw ValidationError("--rate \(rate): payments a second, above 0 and up to 100000")
        }
        for (name, value) in [("--people", people), ("--limit", limit)] {
            guard let value, value < 1 else { continue }
            throw ValidationError("\(name) \(value): it begins at 1")
        }
    }

    func run() async throws {
        let home = try home.existing()
        let port = try port ?? home.runningPort()
        let stop = StopSignal()
        let population = Population(
            home: home, port: port, rate: rate,
            isTerminal: !plain && LiveView.standardOutputIsTerminal,
            limit: limit, seed: seed, people: people)
        let running = Task { try await population.run() }
        stop.onRaise { running.cancel() }
        try await running.value
    }
}
