import ArgumentParser
import Foundation
import Logging
import Operations

struct HomeOptions: ParsableArguments {
    @Option(help: "Folder that holds the cluster, keys, snapshots and logs.")
    var home = ".holdfast"

    func open() throws -> Home { try Home(home) }
}

struct LogOptions: ParsableArguments {
    @Option(help: "Least important messages to log: debug, info, warning, error.")
    var logLevel = "info"

    func logger(_ label: String) throws -> Logger {
        guard let level = Logger.Level(rawValue: logLevel) else {
            throw ValidationError(
                "no such log level as \(logLevel); there are debug, info, warning, error")
        }
        var logger = Logger(label: label) { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = level
        return logger
    }
}

/// How to reach a running wallet.
struct ClientOptions: ParsableArguments {
    @OptionGroup var home: HomeOptions
    @Option(help: "Port of the wallet; that of the home unless given.")
    var port: Int?
    @Option(help: "Bearer key; the home's operator key unless given.")
    var key: String?

    func client(connections: Int) throws -> HTTPClient {
        let home = try home.open()
        guard let port = port ?? home.port else {
            throw ValidationError(
                "no wallet runs in \(home.path): start `holdfast up`, or give --port")
        }
        return try HTTPClient(
            host: "127.0.0.1", port: port, connections: connections,
            bearer: try key ?? OperatorKey.read(home))
    }
}
