internal import EventLog
internal import Hummingbird
internal import NIOCore
internal import ServiceLifecycle
internal import Wallet

/// The alert feed as Server-Sent Events (WHATWG HTML, section 9.2). Each event's id is its sequence in the log, and
/// all are read from the log: a slow client, or one that comes back with `Last-Event-ID`, misses none and sees none
/// twice.
struct AlertStream {
    static let mediaType = "text/event-stream"
    /// The log is not asked more often than this, however fast it grows.
    private static let pause = Duration.milliseconds(50)
    private static let pageSize = 100

    let wallet: Wallet
    let start: EventLog.Sequence
    /// The caller's, for as long as they may read.
    let place: OpenStreams.Place
    /// Something is written about this often at least, so that a lost client is noticed.
    var keepAlive = Duration.seconds(10)

    var response: Response {
        Response(
            status: .ok,
            headers: [.contentType: Self.mediaType, .cacheControl: "no-store"],
            body: ResponseBody { writer in
                try await run(&writer)
                try await writer.finish(nil)
            })
    }

    /// Ends when the server stops, the wallet stops, the client is gone, or may not read any more.
    private func run(_ writer: inout any ResponseBodyWriter) async throws {
        let (wakes, wake) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        // Followed before the log is read: what is committed in between wakes again.
        let growth = wallet.alerts.follow()
        let feeders = [
            Task {
                for await _ in growth { wake.yield() }
                wake.finish()
            },
            Task {
                while !Task.isCancelled {
                    try? await Task.sleep(for: keepAlive)
                    wake.yield()
                }
            },
            Task {
                try? await gracefulShutdown()
                wake.finish()
            },
            Task {
                await place.whileOpen()
                wake.finish()
            },
        ]
        defer { for feeder in feeders { feeder.cancel() } }
        // Tells the client at once that the stream is open.
        try await writer.write(ByteBuffer(string: "retry: 1000\n\n"))
        var cursor = start
        var written = ContinuousClock.now
        wake.yield()
        for await _ in wakes {
            if Task.isCancelled || !place.isOpen { return }
            if try await writeAlerts(after: &cursor, &writer) {
                written = .now
            } else if ContinuousClock.now - written >= keepAlive {
                try await writer.write(ByteBuffer(string: ": still here\n\n"))
                written = .now
            }
            try await Task.sleep(for: Self.pause)
        }
    }

    /// Writes all there are. Returns whether there was any.
    private func writeAlerts(
        after cursor: inout EventLog.Sequence, _ writer: inout any ResponseBodyWriter
    ) async throws -> Bool {
        var any = false
        while place.isOpen {
            let alerts = try await wallet.alerts(after: cursor, limit: Self.pageSize)
            guard let last = alerts.last else { return any }
            any = true
            var buffer = ByteBuffer()
            for alert in alerts {
                var json = JSONWriter()
                json.alert(alert)
                buffer.writeString(
                    "id: \(alert.view.event.sequence.rawValue)\nevent: alert\ndata: ")
                buffer.writeBytes(json.bytes)
                buffer.writeString("\n\n")
            }
            try await writer.write(buffer)
            cursor = last.view.event.sequence
            if alerts.count < Self.pageSize { return any }
        }
        return any
    }
}
