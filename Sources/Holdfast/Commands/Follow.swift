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
