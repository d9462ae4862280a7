internal import Identity
internal import Synchronization

/// Who waits for which feed to grow.
final class FeedWatchers: Sendable {
    private struct Watcher {
        let person: PersonID
        var seen: Int64
        let stream: AsyncStream<Int64>.Continuation
    }
    private struct State: ~Copyable {
        var watchers: [UInt64: Watcher] = [:]
        /// The watchers of each person.
        var ofPerson: [PersonID: Set<UInt64>] = [:]
        var next: UInt64 = 0
        var isStopped = false
    }
    private let state = Mutex(State())

    /// Whose feeds are watched.
    var people: [PersonID] { state.withLock { Array($0.ofPerson.keys) } }

    /// The last numbers of a person's feed above `number`, as they come. Of several that nobody has taken yet the last
    /// one stays.
    func watch(_ person: PersonID, after number: Int64) -> AsyncStream<Int64> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: Int64.self, bufferingPolicy: .bufferingNewest(1))
        let id: UInt64? = state.withLock { state in
            if state.isStopped { return nil }
            state.next += 1
            state.watchers[state.next] = Watcher(
                person: person, seen: number, stream: continuation)
            state.ofPerson[person, default: []].insert(state.next)
            return state.next
        }
        guard let id else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in self?.remove(id) }
        return stream
    }

    /// Tells those who wait for one of these feeds.
    func lengthened(_ feeds: [PersonID: Int64]) {
        let told = state.withLock { state in
            var told: [(AsyncStream<Int64>.Continuation, Int64)] = []
            for (person, number) in feeds {
                for id in state.ofPerson[person] ?? [] {
                    guard let watcher = state.watchers[id], watcher.seen < number else { continue }
                    state.watchers[id]?.seen = number
                    told.append((watcher.stream, number))
                }
            }
            return told
        }
        // Outside the lock: a stream that ends meanwhile asks for it.
        for (stream, number) in told { stream.yield(number) }
    }

    /// Ends all streams, and those that are asked for later.
    func stop() {
        let streams = state.withLock { state in
            state.isStopped = true
            return state.watchers.values.map(\.stream)
        }
        for stream in streams { stream.finish() }
    }

    private func remove(_ id: UInt64) {
        state.withLock { state in
            guard let watcher = state.watchers.removeValue(forKey: id) else { return }
            state.ofPerson[watcher.person]?.remove(id)
            if state.ofPerson[watcher.person]?.isEmpty == true {
                state.ofPerson[watcher.person] = nil
            }
        }
    }
}
