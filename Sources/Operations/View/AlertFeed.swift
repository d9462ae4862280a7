internal import Foundation

/// Prints the alert feed of a running wallet as JSON lines, from an event on. Read from the log page by page, it
/// skips none, whatever ends in between.
public struct AlertFeed: Sendable {
    private static let pageSize = 200
    private let http: HTTPClient
    private let address: String

    /// `http` leads to the wallet at `address`, which is only said in messages.
    public init(_ http: HTTPClient, address: String) {
        self.http = http
        self.address = address
    }

    /// Prints alerts after an event until stopped or, if `once`, until all so far are printed.
    ///
    /// - Throws: ``OperationError`` if the wallet cannot be reached at first, or refuses.
    public func run(after start: Int64, once: Bool, _ stop: StopSignal) async throws {
        var last = start
        var hasAnswered = false
        var isMissing = false
        while !stop.isRaised {
            let answer: HTTPAnswer
            do {
                answer = try await http.send(
                    "GET", "/v1/alerts?after=\(last)&limit=\(Self.pageSize)"
                ).get()
            } catch {
                guard hasAnswered, !once else {
                    throw OperationError(
                        "no wallet answers at \(address): start `holdfast up`, or give its --port")
                }
                if !isMissing {
                    StandardStream.error.write("the wallet at \(address) is gone; waiting for it\n")
                }
                isMissing = true
                try await Task.sleep(for: .seconds(1))
                continue
            }
            hasAnswered = true
            isMissing = false
            let page = try AlertPage(answer)
            last = page.last ?? last
            let text = page.lines.map { $0 + "\n" }.joined()
            guard StandardStream.output.write(text) else { return }
            if page.lines.isEmpty {
                if once { return }
                try await Task.sleep(for: .milliseconds(250))
            }
        }
    }
}
