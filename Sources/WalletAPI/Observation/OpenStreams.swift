internal import Hummingbird
internal import People
internal import Synchronization

/// The event streams that callers have open in this process: each may have so many, and none is written to any longer than
/// its caller may read it.
final class OpenStreams: Sendable {
    /// Streams that one caller may have open, unless told otherwise.
    static let mostOfOne = 8

    /// Streams that one caller may have open.
    let limit: Int
    private let counts = Mutex<[String: Int]>([:])
    private let people: People?
    /// How often it is looked whether a stream's caller may still read it.
    let checkInterval: Duration

    init(
        people: People?, limit: Int = OpenStreams.mostOfOne,
        checkInterval: Duration = .seconds(1)
    ) {
        self.people = people
        self.limit = limit
        self.checkInterval = checkInterval
    }

    /// Takes a place, which is free again once nobody holds it any more.
    ///
    /// - Throws: a ``Problem`` if the caller has none left.
    func enter(_ caller: Caller) throws(Problem) -> Place {
        let isIn = counts.withLock { counts in
            guard counts[caller.name, default: 0] < limit else { return false }
            counts[caller.name, default: 0] += 1
            return true
        }
        guard isIn else { throw .tooManyStreams }
        return Place(self, caller)
    }

    /// How many streams are open.
    var count: Int { counts.withLock { $0.values.reduce(0, +) } }

    private func leave(_ name: String) {
        counts.withLock { counts in
            let left = counts[name, default: 0] - 1
            counts[name] = left > 0 ? left : nil
        }
    }

    private func mayRead(_ caller: Caller) -> Bool {
        guard let bearer = caller.bearer else { return true }
        return people?.tokens.goesOn(bearer) ?? false
    }

    /// A caller's place. A response that is never written gives it back, too.
    final class Place: Sendable {
        private let streams: OpenStreams
        private let caller: Caller

        fileprivate init(_ streams: OpenStreams, _ caller: Caller) {
            self.streams = streams
            self.caller = caller
        }

        deinit { streams.leave(caller.name) }

        /// Whether the caller may still read: their token has not expired, and its session goes on.
        var isOpen: Bool { streams.mayRead(caller) }

        /// Returns once the caller may not read any more, or when the task is cancelled.
        func whileOpen() async {
            while isOpen, !Task.isCancelled {
                try? await Task.sleep(for: streams.checkInterval)
            }
        }
    }
}

extension Problem {
    static let tooManyStreams = Problem(
        status: .tooManyRequests, code: "too_many_streams",
        detail: "at most \(OpenStreams.mostOfOne) event streams may be open at once: close one",
        headers: [.retryAfter: "5"])
}
