import ArgumentParser
import Foundation
import Logging
import Operations

struct HomeOptions: ParsableArguments {
    @Option(help: "Folder that holds the cluster, keys, snapshots and logs.")
    var home = ".holdfast"

    /// The home, which is made if there is none.
    func open() throws -> Home { try Home(home) }

    /// The home, which must be there.
    func existing() throws -> Home { try Home(existing: home) }
}

struct LogOptions: ParsableArguments {
    @Option(help: "Least important messages to log: debug, info, warning, error.")
    var logLevel = "info"

    func validate() throws { _ = try logger("") }

    func logger(_ label: String) throws -> Logger {
        guard let level = Logger.Level(rawValue: logLevel) else {
            throw ValidationError(
                "--log-level \(logLevel): there are debug, info, warning and error")
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

    func validate() throws { try Port.check(port) }

    /// A client, and where it leads.
    func client(connections: Int) throws -> (HTTPClient, address: String) {
        let home = try home.existing()
        let port = try port ?? home.runningPort()
        let http = try HTTPClient(
            host: "127.0.0.1", port: port, connections: connections,
            bearer: try key ?? OperatorKey.read(home))
        return (http, "127.0.0.1:\(port)")
    }
}

enum Port {
    /// Refuses what is no port; `least` is 0 where the system may choose one.
    static func check(_ port: Int?, least: Int = 1, option: String = "--port") throws {
        guard let port, !(least...65_535).contains(port) else { return }
        throw ValidationError("\(option) \(port): a port is from \(least) to 65535")
    }
}
