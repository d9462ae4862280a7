import ArgumentParser
import EventLog
import Foundation
import Logging
import Operations

struct Alerts: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the alert feed as JSON lines, from an event on, and follow it.")

    @OptionGroup var client: ClientOptions
    @Option(help: "Alerts after this event; 0 begins at the first.") var from: Int64 = 0
    @Flag(help: "End when all alerts so far are printed.") var once = false

    func run() async throws {
        let http = try client.client(connections: 1)
        let stop = StopSignal()
        var last = from
        while !stop.isRaised {
            let answer = try await http.send("GET", "/v1/alerts?after=\(last)&limit=200").get()
            let page = try AlertPage(answer)
            for line in page.lines { print(line) }
            fflush(nil)
            last = page.last ?? last
            if page.lines.isEmpty {
                if once { break }
                try await Task.sleep(for: .milliseconds(250))
            }
        }
        await http.close()
    }
}

struct Stream: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Follow the postings stream.", subcommands: [Tail.self])

    struct Tail: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print events as JSON lines without disturbing the engine.")

        @OptionGroup var home: HomeOptions
        @OptionGroup var log: LogOptions
        @Option(help: "First event to print.") var from: Int64 = 1
        @Option(help: "End after so many events.") var limit: Int?

        func run() throws {
            guard from >= 1 else { throw ValidationError("--from begins at 1, not \(from)") }
            let stop = StopSignal()
            let tail = try StreamTail(
                home.open(), from: Sequence(from), limit: limit, logger: log.logger("stream"))
            try tail.run(stop)
        }
    }
}
