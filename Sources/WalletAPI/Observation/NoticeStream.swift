internal import Hummingbird
internal import Identity
internal import NIOCore
internal import Notices
internal import ServiceLifecycle

/// A person's feed of notices as Server-Sent Events (WHATWG HTML, section 9.2). Each event's id is its number in the feed,
/// and all are read from the feed: who comes back with `Last-Event-ID` misses none and sees none twice.
struct NoticeStream {
    let feed: NoticeFeed
    let person: PersonID
    /// The number that the client has seen last.
    let after: Int64
    /// The caller's, for as long as they may read.
    let place: OpenStreams.Place
    /// Something is written about this often at least, so that a lost client is noticed.
    var keepAlive = Duration.seconds(10)

    var response: Response {
        Response(
            status: .ok,
            headers: [.contentType: AlertStream.mediaType, .cacheControl: "no-store"],
            body: ResponseBody { writer in
                try await run(&writer)
                try await writer.finish(nil)
            })
    }

    /// Ends when the server stops, the feed stops, the client is gone, or may not read any more.
    private func run(_ writer: inout any ResponseBodyWriter) async throws {
        let (wakes, wake) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        // Watched before the feed is read: what comes in between wakes again.
        let growth = feed.changes(of: person, after: after)
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
        try await writer.write(ByteBuffer(string: "retry: 1000\n\n"))
        var last = after
        var written = ContinuousClock.now
        wake.yield()
        for await _ in wakes {
            if Task.isCancelled || !place.isOpen { return }
            if try await write(after: &last, &writer) {
                written = .now
            } else if ContinuousClock.now - written >= keepAlive {
                try await writer.write(ByteBuffer(string: ": still here\n\n"))
                written = .now
            }
        }
    }

    /// Writes all there are. Returns whether there was any.
    private func write(
        after number: inout Int64, _ writer: inout any ResponseBodyWriter
    ) async throws -> Bool {
        var any = false
        while place.isOpen {
            let entries = try await feed.entries(of: person, after: number)
            guard let last = entries.last else { return any }
            any = true
            var buffer = ByteBuffer()
            for entry in entries {
                var json = JSONWriter()
                json.notice(entry)
                buffer.writeString("id: \(entry.number)\nevent: notice\ndata: ")
                buffer.writeBytes(json.bytes)
                buffer.writeString("\n\n")
            }
            try await writer.write(buffer)
            number = last.number
        }
        return any
    }
}
