import ArgumentParser
import Operations

struct Alerts: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the alert feed as JSON lines, from an event on, and follow it.")

    @OptionGroup var client: ClientOptions
    @Option(help: "Alerts after this event; 0 begins at the first.") var from: Int64 = 0
    @Flag(help: "End when all alerts so far are printed.") var once = false

    func validate() throws {
        guard from >= 0 else { throw ValidationError("--from begins at 0, not \(from)") }
    }

    func run() async throws {
        let (http, address) = try client.client(connections: 1)
        let stop = StopSignal()
        let result: Result<Void, any Error>
        do {
            try await AlertFeed(http, address: address).run(after: from, once: once, stop)
            result = .success(())
        } catch { result = .failure(error) }
        await http.close()
        try result.get()
    }
}
